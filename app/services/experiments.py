"""Experiments: create them from requests, read them, rename and delete them."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, ExperimentTag, Training, Trial
from app.domain.auto import choose
from app.domain.custom.detection import CustomModel
from app.domain.hyperopt.export_code import HyperoptExportError, write_hyperopt_code
from app.domain.reduction.steps import usual_interval
from app.domain.seasons import SeasonLengths
from app.domain.states import CREATE_EXPERIMENT
from app.domain.strategies import strategy_info
from app.domain.terms import OPEN_EXPERIMENT_STATES, TrialState
from app.errors import Conflict, NotFound
from app.queue import boards
from app.schemas import REDUCTION_FIELDS, ExperimentRequest
from app.services import datasets, objectives, seasons, warm_start
from app.services.rows import find_row
from app.services.validation import CheckedRequest, check_request


def create(
    session: Session, request: ExperimentRequest, custom_model: CustomModel | None = None
) -> Experiment:
    """Store a new experiment, which workers then run.

    Raises Invalid with every problem at its field.
    """
    checked = check_request(session, request, custom_model)
    return store(session, checked)


def store(session: Session, checked: CheckedRequest) -> Experiment:
    """Store the experiment of a request that has been checked."""
    request = checked.request
    split = request.split
    custom_model = checked.custom_model
    choice = choose(request.strategy, request.pruning, checked.space, checked.n_trials)
    experiment = Experiment(
        name=request.name,
        dataset_id=request.dataset_id,
        strategy=choice.strategy,
        objective=request.objective,
        objective_scale=objectives.find_scale(session, request),
        pruning=choice.pruning,
        choice_reason=" ".join(filter(None, [checked.default_reason, choice.reason])) or None,
        seed=request.seed,
        max_trials=checked.n_trials,
        time_budget_seconds=request.time_budget_seconds,
        deliver=request.deliver,
        train_fraction=split.train,
        validation_fraction=split.validation,
        test_fraction=split.test,
        horizon=request.horizon,
        space_document=checked.space.document(),
        season_lengths=list(_seasons_of(session, request.dataset_id)),
        points=list(checked.points),
        pasted_results=request.pasted_results or None,
        **_reduction_columns(request),
        notes=request.notes,
        tag_rows=[ExperimentTag(name=name) for name in sorted(set(request.tags))],
        state=CREATE_EXPERIMENT.target,
    )
    if custom_model is not None:
        experiment.custom_model_name = custom_model.name
        experiment.custom_model_source = custom_model.source
    session.add(experiment)
    session.flush()
    _request_board(session, experiment)
    warm_start.store(session, experiment, checked.earlier_results)
    return experiment


def _request_board(session: Session, experiment: Experiment) -> None:
    """Have the baselines computed that the experiment is compared with."""
    dataset = session.get_one(Dataset, experiment.dataset_id)
    board = boards.request(
        session, dataset, experiment.split, experiment.seasons, experiment.horizon
    )
    experiment.board_id = board.id


def _seasons_of(session: Session, dataset_id: int) -> SeasonLengths:
    """The season lengths that a new experiment takes from its dataset."""
    dataset = datasets.get(session, dataset_id)
    return seasons.lengths_of(session, dataset)


def get(session: Session, experiment_id: int) -> Experiment:
    """One experiment. Raises NotFound."""
    experiment = find_row(session, Experiment, experiment_id)
    if experiment is None or experiment.deleted_at is not None:
        raise NotFound(f"Experiment {experiment_id} not found.")
    return experiment


def find_open(session: Session, dataset: Dataset, name: str) -> Experiment | None:
    """The newest search of this name on a dataset that has not ended; None where there is none."""
    query = (
        select(Experiment)
        .where(
            Experiment.dataset_id == dataset.id,
            Experiment.name == name,
            Experiment.state.in_(OPEN_EXPERIMENT_STATES),
            Experiment.deleted_at.is_(None),
        )
        .order_by(Experiment.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def hyperopt_space(session: Session, experiment_id: int) -> str:
    """The search space of an experiment as hyperopt code.

    Raises NotFound, or Conflict where hyperopt cannot express the space.
    """
    space = get(session, experiment_id).space
    try:
        return write_hyperopt_code(space)
    except HyperoptExportError as error:
        raise Conflict(str(error)) from None


def rename(session: Session, experiment: Experiment, name: str) -> None:
    """Give an experiment another name."""
    experiment.name = name


def refuse_if_running(session: Session, experiment: Experiment) -> None:
    """Raises Conflict while trials of an experiment run."""
    if _has_running_trial(session, experiment):
        raise Conflict("Trials of this experiment are running: stop it first.")


def delete(session: Session, experiment: Experiment) -> None:
    """Delete an experiment, its trials, and the trainings that no other experiment shares."""
    refuse_if_running(session, experiment)
    is_of_experiment = Trial.experiment_id == experiment.id
    training_ids = _select_training_ids(session, is_of_experiment)
    session.delete(experiment)
    session.flush()
    is_shared = Trial.training_id.in_(training_ids)
    shared_ids = _select_training_ids(session, is_shared)
    orphan_ids = training_ids - shared_ids
    orphan_epochs = Epoch.training_id.in_(orphan_ids)
    session.execute(delete_rows(Epoch).where(orphan_epochs))
    orphan_trainings = Training.id.in_(orphan_ids)
    session.execute(delete_rows(Training).where(orphan_trainings))


def _reduction_columns(request: ExperimentRequest) -> dict[str, Any]:
    """The columns of the reduction strategy; none for another strategy."""
    if not strategy_info(request.strategy).shrinks_space:
        return {}
    columns = {}
    for name in REDUCTION_FIELDS:
        columns[name] = getattr(request, name)
    if not request.reduction_interval:
        columns["reduction_interval"] = usual_interval(request.max_trials)
    return columns


def _has_running_trial(session: Session, experiment: Experiment) -> bool:
    query = select(Trial.id).where(
        Trial.experiment_id == experiment.id,
        Trial.state == TrialState.RUNNING,
    )
    running_id = session.scalar(query.limit(1))
    return running_id is not None


def _select_training_ids(session: Session, condition: ColumnElement[bool]) -> set[int]:
    query = select(Trial.training_id).where(condition)
    training_ids = session.scalars(query)
    return set(training_ids)
