"""The results that a new search starts from: trials of other experiments and pasted lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment, Trial
from app.domain.search_space.membership import Membership, is_same_space
from app.domain.search_space.parameters import Parameters, add_later_defaults
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.strategies import strategy_info
from app.domain.warm_start import parse_pasted_results
from app.errors import FieldProblem
from app.queue.artifacts import IS_EVALUATED
from app.queue.readability import find_damage, find_experiment_damage
from app.schemas import ExperimentRequest
from app.services import objectives
from app.services.trial_columns import more_score_columns
from app.services.wording import count_nouns

START_FROM = "start_from"
PASTED_RESULTS = "pasted_results"
PASTED_HORIZON = "pasted_horizon"

# Columns of an exported table of trials that are neither hyperparameters nor the objective.
EXPORTED_COLUMNS = frozenset(
    {
        "number",
        "state",
        "error",
        "duration",
        "objective_se",
        "best_epoch",
        "epochs_trained",
        "validation_rmse",
        "validation_mae",
        "validation_skill",
        "test_rmse",
        "test_mae",
        "test_skill",
        "is_starred",
        "tags",
        "notes",
        *more_score_columns(),
    }
)


class EarlierRow(NamedTuple):
    """One result, and the experiment it is a copy of; None: it was pasted."""

    parameters: Parameters
    objective: float
    from_experiment_id: int | None = None

    @property
    def is_pasted(self) -> bool:
        return self.from_experiment_id is None


@dataclass
class EarlierResults:
    """Results to store with a new experiment.

    `unread` counts more of them by experiment: in a preview, those that need not be looked at.
    `ignored` counts those that failed or lie outside the search space.
    `problems` says why some of what was asked for cannot be used at all.
    `notes` says how a pasted table was read.
    """

    rows: list[EarlierRow] = field(default_factory=list)
    unread: Counter[int] = field(default_factory=Counter)
    ignored: int = 0
    problems: list[FieldProblem] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many results there are."""
        return len(self.rows) + self.unread.total()

    def add(self, other: "EarlierResults") -> None:
        """Take in the results and problems of another source."""
        self.rows += other.rows
        self.unread += other.unread
        self.ignored += other.ignored
        self.problems += other.problems
        self.notes += other.notes


class _NotUsable(Exception):
    """Why a search cannot start from an earlier experiment, in words for the user."""


def collect(
    session: Session, request: ExperimentRequest, space: SearchSpace, is_preview: bool = False
) -> EarlierResults:
    """The results a request wants to start from, and what speaks against them.

    `is_preview`: only how many there are is asked for.
    """
    fields = [name for name in (START_FROM, PASTED_RESULTS) if getattr(request, name)]
    if strategy_info(request.strategy).needs_points:
        message = "The strategy manual tries its points and learns nothing."
        problems = [FieldProblem((name,), message) for name in fields]
        return EarlierResults(problems=problems)
    results = EarlierResults()
    for experiment_id in dict.fromkeys(request.start_from):
        try:
            earlier = _find_comparable(session, request, experiment_id)
            trials = _collect_trials(session, earlier, space, is_preview=is_preview)
        except _NotUsable as error:
            problem = FieldProblem((START_FROM,), str(error))
            results.problems.append(problem)
        else:
            results.add(trials)
    if request.pasted_results.strip():
        pasted = _parse_pasted(request, space)
        results.add(pasted)
    if not results.problems and _covers(space, results.rows):
        message = (
            "These are results for every combination of the search space: nothing is left to try."
        )
        results.problems.append(FieldProblem((fields[0],), message))
    return results


def _parse_pasted(request: ExperimentRequest, space: SearchSpace) -> EarlierResults:
    pasted = parse_pasted_results(
        request.pasted_results,
        space,
        EXPORTED_COLUMNS,
        request.objective,
    )
    horizon_problems = _refuse_other_horizon(request)
    messages = list(pasted.problems)
    if not pasted.results and not messages:
        reasons = [f"{count:,} {reason}" for reason, count in pasted.left_out.items()]
        messages.append(f"None of these lines counts: {', '.join(reasons)}.")
    rows = [EarlierRow(result.parameters, result.objective) for result in pasted.results]
    problems = [FieldProblem((PASTED_RESULTS,), message) for message in messages]
    return EarlierResults(
        rows=rows,
        ignored=pasted.ignored,
        problems=[*horizon_problems, *problems],
        notes=(*pasted.notes, _describe_horizon(request)),
    )


def _refuse_other_horizon(request: ExperimentRequest) -> list[FieldProblem]:
    """The problem of pasted results that forecast another number of rows than the experiment."""
    if request.pasted_horizon in (None, request.horizon):
        return []
    message = (
        f"The pasted results forecast {count_nouns(request.pasted_horizon or 1, 'row')} ahead, and "
        f"this experiment is to forecast {request.horizon:,}: their errors cannot be compared."
    )
    return [FieldProblem((PASTED_HORIZON,), message)]


def _describe_horizon(request: ExperimentRequest) -> str:
    """How many rows ahead pasted results count for."""
    rows = count_nouns(request.horizon, "row")
    if request.pasted_horizon is None:
        return f"The pasted results count as forecasts {rows} ahead, as this experiment makes them."
    return f"The pasted results are forecasts {rows} ahead."


def _find_comparable(
    session: Session, request: ExperimentRequest, experiment_id: int
) -> Experiment:
    """An earlier experiment whose results a search can start from. Raises _NotUsable."""
    earlier = session.get(Experiment, experiment_id)
    if earlier is None or earlier.deleted_at is not None:
        raise _NotUsable(f"Experiment {experiment_id} not found.")
    _refuse_damaged(earlier, find_experiment_damage(session, earlier))
    _refuse_incomparable(session, request, earlier)
    return earlier


def _collect_trials(
    session: Session, earlier: Experiment, space: SearchSpace, *, is_preview: bool
) -> EarlierResults:
    """The finished trials of an earlier experiment that lie in a space. Raises _NotUsable."""
    is_finished = (Trial.experiment_id == earlier.id, IS_EVALUATED)
    n_finished = session.scalars(select(func.count()).where(*is_finished)).one()
    if not n_finished:
        raise _NotUsable(f"Experiment {earlier.id} has no finished trial with an objective.")
    if is_preview and _lie_surely_in(space, earlier, n_finished):
        return EarlierResults(unread=Counter({earlier.id: n_finished}))
    query = select(Trial.parameters, Trial.objective).where(*is_finished).order_by(Trial.number)
    rows = []
    reasons = []
    membership = Membership(space)
    for stored_parameters, objective in session.execute(query):
        if not isinstance(stored_parameters, dict) or not isinstance(objective, int | float):
            _refuse_damaged(earlier, find_damage(session, earlier.id))
        parameters = add_later_defaults(stored_parameters)
        reason = membership.find_value_outside(parameters)
        if reason is None:
            rows.append(EarlierRow(parameters, objective, earlier.id))
        else:
            reasons.append(reason)
    if not rows:
        raise _NotUsable(_explain_all_outside(earlier.id, reasons))
    return EarlierResults(rows, ignored=len(reasons))


def _lie_surely_in(space: SearchSpace, earlier: Experiment, n_finished: int) -> bool:
    """Whether trials need no look: a strategy drew them from the same space, larger than they."""
    if strategy_info(earlier.strategy).needs_points:
        return False
    size = space.size()
    is_larger = size is None or size > n_finished
    return is_larger and is_same_space(space, earlier.space)


def _refuse_damaged(earlier: Experiment, damage: str | None) -> None:
    """Raises _NotUsable where a part of an experiment cannot be read."""
    if damage is not None:
        raise _NotUsable(f"Experiment {earlier.id} cannot be read: {damage}")


def _explain_all_outside(experiment_id: int, hyperparameters: Sequence[str]) -> str:
    """Why no trial lies in the search space. `hyperparameters`: for each trial, one outside it."""
    commonest = Counter(hyperparameters).most_common(1)
    name, count = commonest[0]
    trials = count_nouns(len(hyperparameters), "finished trial")
    return (
        f"None of the {trials} of experiment {experiment_id} lies in this search space: "
        f"{name} lies outside in {count:,}."
    )


def _refuse_incomparable(session: Session, request: ExperimentRequest, earlier: Experiment) -> None:
    """Raises _NotUsable where objectives cannot be compared with those of an earlier experiment."""
    experiment = f"Experiment {earlier.id}"
    earlier_dataset = earlier.dataset
    dataset = session.get(Dataset, request.dataset_id)
    if dataset is not None and dataset.fingerprint != earlier_dataset.fingerprint:
        raise _NotUsable(f'{experiment} was run on another dataset, "{earlier_dataset.name}".')
    if earlier.objective != request.objective:
        raise _NotUsable(
            f"{experiment} minimised {earlier.objective}, "
            f"and this one is to minimise {request.objective}."
        )
    if earlier.horizon != request.horizon:
        raise _NotUsable(
            f"{experiment} forecast {count_nouns(earlier.horizon, 'row')} ahead, and this one is "
            f"to forecast {request.horizon:,}: their errors cannot be compared."
        )
    split = earlier.split
    rows = earlier_dataset.rows
    requested_split = request.split.to_split()
    if split.parts(rows) != requested_split.parts(rows):
        raise _NotUsable(
            f"{experiment} was judged on other rows: its split is {_format_split(split)} %."
        )
    if dataset is not None and earlier.objective_scale != objectives.find_scale(session, request):
        raise _NotUsable(
            f"The MASE of {experiment[0].lower()}{experiment[1:]} is relative to another naive "
            "forecast: the seasons of the dataset have been changed since."
        )
    earlier_model = earlier.custom_model_name or ""
    if earlier_model != request.custom_model:
        network = earlier_model or "the built-in one"
        raise _NotUsable(f"{experiment} trained another network, {network}.")


def _format_split(split: Split) -> str:
    fractions = (
        split.train,
        split.validation,
        split.test,
    )
    percentages = [f"{100 * fraction:.4g}" for fraction in fractions]
    return ", ".join(percentages)


def _covers(space: SearchSpace, rows: Sequence[EarlierRow]) -> bool:
    """Whether there is a result for every combination of a space."""
    size = space.size()
    if size is None or len(rows) < size:
        return False
    combinations = {_to_key(row.parameters) for row in rows}
    return len(combinations) >= size


def _to_key(parameters: Parameters) -> frozenset[tuple[str, object]]:
    return frozenset(parameters.items())
