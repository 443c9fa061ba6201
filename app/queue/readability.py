"""Whether all that is stored of an experiment can be read, and if not, what of it cannot."""

import platform
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import (
    Dataset,
    Epoch,
    Experiment,
    Forecast,
    ReductionStepRow,
    Training,
    Trial,
    WarmStartResult,
)
from app.domain.csv_reading.series import Series
from app.domain.custom.literals import CustomModelError
from app.domain.horizons import MAX_HORIZON, stored_origins
from app.domain.objectives import OBJECTIVES
from app.domain.pruning import PRUNINGS
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter
from app.domain.search_space.parameters import number_problem
from app.domain.search_space.problems import excerpt
from app.domain.search_space.space import SpaceError
from app.domain.strategies import STRATEGIES, strategy_info
from app.domain.terms import FUTURE, ExperimentState, Objective, TrialState
from app.queue import reduction
from app.queue.evaluations import count_bytes
from app.queue.row_checks import Damage, check_columns, show_value

FUTURE_NUMBER_BYTES = 8  # of each number in a stored forecast of the future


def find_damage(session: Session, experiment_id: int) -> str | None:
    """Why an experiment cannot be read, in words; None where all of it can, or it is gone."""
    return _describe_damage(session, lambda: _check(session, experiment_id))


def find_experiment_damage(session: Session, experiment: Experiment) -> str | None:
    """The same without its trials and what belongs to them, which may be ten thousands of rows."""
    return _describe_damage(session, lambda: _check_experiment(session, experiment))


def _describe_damage(session: Session, check: Callable[[], object]) -> str | None:
    try:
        with session.no_autoflush:
            check()
    except (DBAPIError, MemoryError):
        raise
    except Damage as damage:
        return str(damage)
    except Exception as error:  # what is stored may be anything
        error_type = type(error).__name__
        return f"{error_type}: {error}"
    return None


def _check(session: Session, experiment_id: int) -> None:
    experiment = session.get(Experiment, experiment_id)
    if experiment is None:
        return
    catalogue = _check_experiment(session, experiment)
    _check_trials(session, experiment, catalogue)
    _check_epochs(session, experiment)
    _check_forecasts(session, experiment)
    _check_earlier_results(session, experiment)
    _check_reduction(session, experiment)


def _check_experiment(session: Session, experiment: Experiment) -> Catalogue:
    """Whether an experiment itself can be read; its catalogue."""
    check_columns(experiment)
    _check_words(experiment)
    _check_numbers(experiment)
    catalogue = _read_catalogue(experiment)
    _check_space(experiment, catalogue)
    _check_dataset(session, experiment)
    return catalogue


def _check_words(experiment: Experiment) -> None:
    known_words: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("state", experiment.state, tuple(ExperimentState)),
        ("strategy", experiment.strategy, STRATEGIES),
        ("pruning", experiment.pruning, PRUNINGS),
        ("objective", experiment.objective, tuple(Objective)),
    )
    for name, word, words in known_words:
        if word not in words:
            raise Damage(f'Its {name} "{excerpt(word)}" is unknown here.')


def _check_numbers(experiment: Experiment) -> None:
    for name in ("max_trials", "train_fraction", "validation_fraction", "test_fraction"):
        number = getattr(experiment, name)
        if not number > 0:
            raise Damage(f"experiments.{name} holds {number}, which is not above 0.")
    is_relative = OBJECTIVES[experiment.objective].is_relative
    if is_relative and not (experiment.objective_scale or 0) > 0:
        raise Damage("experiments.objective_scale holds nothing to divide errors by.")
    if experiment.seed < 0:
        raise Damage(f"experiments.seed holds {experiment.seed}, which is below 0.")
    if not 1 <= experiment.horizon <= MAX_HORIZON:
        raise Damage(
            f"experiments.horizon holds {experiment.horizon}, which is not from 1 to {MAX_HORIZON}."
        )


def _read_catalogue(experiment: Experiment) -> Catalogue:
    try:
        return experiment.catalogue
    except CustomModelError as error:
        name = experiment.custom_model_name
        version = platform.python_version()
        raise Damage(f"Python {version} cannot read its {name}.py. {error}") from None


def _check_space(experiment: Experiment, catalogue: Catalogue) -> None:
    try:
        _ = experiment.space
    except SpaceError as error:
        raise Damage(f"Its search space cannot be used. {error}") from None
    points = experiment.points
    if strategy_info(experiment.strategy).needs_points and not points:
        raise Damage("Its strategy needs points, and it has none.")
    for index, point in enumerate(points, start=1):
        _check_parameters(f"Point {index}", point, catalogue)


def find_dataset_damage(session: Session, dataset: Dataset) -> str | None:
    """Why a dataset cannot be read, in words; None where all of it can."""
    try:
        _check_series(session, dataset)
    except Damage as damage:
        return str(damage)
    return None


def _check_dataset(session: Session, experiment: Experiment) -> None:
    dataset = experiment.dataset
    if dataset is None:
        raise Damage(f"Its dataset {experiment.dataset_id} is gone.")
    n_rows = _check_series(session, dataset)
    parts = experiment.split.parts(n_rows)
    for part, rows in parts.items():
        if len(rows) < experiment.horizon or rows.stop > n_rows:
            raise Damage(f"Its split leaves no rows for {part}.")


def _check_series(session: Session, dataset: Dataset) -> int:
    """Whether a dataset and its series can be read; how many rows it has."""
    check_columns(dataset)
    content = session.scalars(select(Dataset.series).where(Dataset.id == dataset.id)).one()
    try:
        series = Series.from_bytes(content)
        n_rows = len(series.target_values)
    except Exception as error:  # NumPy and zipfile raise anything
        raise Damage(f"The series of dataset {dataset.id} is damaged: {error}") from None
    if n_rows != dataset.rows or dataset.target != series.target:
        raise Damage(f"The series of dataset {dataset.id} is not the one it describes.")
    return n_rows


def _check_trials(session: Session, experiment: Experiment, catalogue: Catalogue) -> None:
    query = select(Trial).where(Trial.experiment_id == experiment.id).order_by(Trial.number)
    for trial in session.scalars(query):
        check_columns(trial)
        name = f"Trial {trial.number}"
        if trial.state not in tuple(TrialState):
            raise Damage(f'{name} has the unknown state "{excerpt(trial.state)}".')
        _check_parameters(name, trial.parameters, catalogue)
    training = select(Trial.number).outerjoin(Training, Training.id == Trial.training_id)
    orphans = training.where(Trial.experiment_id == experiment.id, Training.id.is_(None))
    orphan = session.scalars(orphans.limit(1)).first()
    if orphan is not None:
        raise Damage(f"The training of trial {orphan} is gone.")


def _check_parameters(owner: str, parameters: object, catalogue: Catalogue) -> None:
    """Whether parameters have known names and values of the right kind, within bounds or not."""
    if not isinstance(parameters, dict):
        raise Damage(f"{owner} has {show_value(parameters)} in the place of parameters.")
    for name, value in parameters.items():
        row = catalogue.get(name)
        if row is None:
            raise Damage(f'{owner} has a parameter "{excerpt(name)}", which is unknown here.')
        if _has_wrong_kind(row, value):
            raise Damage(f"{owner} has {show_value(value)} as its {name}.")
    for name in ("epochs", "time_steps"):
        if name not in parameters:
            raise Damage(f"{owner} has no {name}.")


def _has_wrong_kind(row: Hyperparameter, value: object) -> bool:
    if row.kind == "flag":
        return not isinstance(value, bool)
    if row.kind == "category":
        return not isinstance(value, str) or (row.name in CATALOGUE and value not in row.choices)
    return number_problem(row, value) is not None


def _check_epochs(session: Session, experiment: Experiment) -> None:
    """Whether the numbers of epochs are numbers. Only SQLite stores anything else."""
    if session.get_bind().dialect.name != "sqlite":
        return
    training_ids = select(Trial.training_id).where(Trial.experiment_id == experiment.id)
    for column in (Epoch.train_loss, Epoch.val_loss, Epoch.objective, Epoch.mae, Epoch.seconds):
        is_no_number = func.typeof(column).in_(("text", "blob"))
        query = select(Epoch.number).where(Epoch.training_id.in_(training_ids), is_no_number)
        number = session.scalars(query.limit(1)).first()
        if number is not None:
            raise Damage(f"epochs.{column.key} of epoch {number} is no number.")


def _check_forecasts(session: Session, experiment: Experiment) -> None:
    """Whether each forecast has a number for each step from each origin that is stored."""
    lengths = _forecast_lengths(experiment)
    query = (
        select(Trial.number, Forecast.part, func.length(Forecast.predicted))
        .join(Trial, Trial.id == Forecast.trial_id)
        .where(Trial.experiment_id == experiment.id)
    )
    for number, part, n_bytes in session.execute(query):
        if part not in lengths:
            raise Damage(f'Trial {number} has a forecast of the unknown part "{excerpt(part)}".')
        length = lengths[part]
        if n_bytes != length.n_bytes:
            message = f"The {part} forecast of trial {number} has not {length.n_numbers} numbers."
            raise Damage(message)


class _Length(NamedTuple):
    """How long a stored forecast has to be."""

    n_numbers: int
    n_bytes: int


def _forecast_lengths(experiment: Experiment) -> dict[str, _Length]:
    """By part, and that of the rows after the last one."""
    horizon = experiment.horizon
    lengths = {FUTURE: _Length(horizon, FUTURE_NUMBER_BYTES * horizon)}
    for part, rows in experiment.split.parts(experiment.dataset.rows).items():
        n_numbers = len(stored_origins(rows, horizon)) * horizon
        lengths[part.value] = _Length(n_numbers, count_bytes(rows, horizon))
    return lengths


def _check_earlier_results(session: Session, experiment: Experiment) -> None:
    query = select(WarmStartResult).where(WarmStartResult.experiment_id == experiment.id)
    for result in session.scalars(query):
        check_columns(result)


def _check_reduction(session: Session, experiment: Experiment) -> None:
    method = experiment.reduction_method
    if method is not None and method not in METHODS:
        raise Damage(f'Its reduction method "{excerpt(method)}" is unknown here.')
    query = select(ReductionStepRow).where(ReductionStepRow.experiment_id == experiment.id)
    for row in session.scalars(query):
        check_columns(row)
    reduction.load_state(session, experiment.id)
