"""The results that a new search starts from: trials of other experiments and pasted lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment, Trial, WarmStartResult
from app.domain.search_space.parameters import Parameters, add_later_defaults
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.strategies import strategy_info
from app.domain.warm_start import find_value_outside, parse_pasted_results
from app.errors import FieldProblem
from app.queue.artifacts import IS_EVALUATED
from app.queue.readability import find_damage
from app.schemas import ExperimentRequest
from app.services.trial_listing import more_score_columns
from app.services.wording import count_nouns

START_FROM = "start_from"
PASTED_RESULTS = "pasted_results"

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
        "validation_skill",
        "test_rmse",
        "test_skill",
        "is_starred",
        "tags",
        "notes",
        *more_score_columns(),
    }
)


@dataclass
class EarlierResults:
    """Results to store with a new experiment.

    `ignored` counts those that failed or lie outside the search space.
    `problems` says why some of what was asked for cannot be used at all.
    `notes` says how a pasted table was read.
    """

    rows: list[WarmStartResult] = field(default_factory=list)
    ignored: int = 0
    problems: list[FieldProblem] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def add(self, other: "EarlierResults") -> None:
        """Take in the results and problems of another source."""
        self.rows += other.rows
        self.ignored += other.ignored
        self.problems += other.problems
        self.notes += other.notes


class _NotUsable(Exception):
    """Why a search cannot start from an earlier experiment, in words for the user."""


def collect(session: Session, request: ExperimentRequest, space: SearchSpace) -> EarlierResults:
    """The results a request wants to start from, and what speaks against them."""
    fields = [name for name in (START_FROM, PASTED_RESULTS) if getattr(request, name)]
    if strategy_info(request.strategy).needs_points:
        message = "The strategy manual tries its points and learns nothing."
        problems = [FieldProblem((name,), message) for name in fields]
        return EarlierResults(problems=problems)
    results = EarlierResults()
    for experiment_id in dict.fromkeys(request.start_from):
        try:
            trials = _collect_trials(session, request, space, experiment_id)
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
    messages = list(pasted.problems)
    if not pasted.results and not messages:
        reasons = [f"{count:,} {reason}" for reason, count in pasted.left_out.items()]
        messages.append(f"None of these lines counts: {', '.join(reasons)}.")
    rows = [
        WarmStartResult(parameters=result.parameters, objective=result.objective, is_pasted=True)
        for result in pasted.results
    ]
    problems = [FieldProblem((PASTED_RESULTS,), message) for message in messages]
    return EarlierResults(rows, pasted.ignored, problems, pasted.notes)


def _collect_trials(
    session: Session, request: ExperimentRequest, space: SearchSpace, experiment_id: int
) -> EarlierResults:
    """The finished trials of an earlier experiment that lie in a space. Raises _NotUsable."""
    earlier = session.get(Experiment, experiment_id)
    if earlier is None:
        raise _NotUsable(f"There is no experiment {experiment_id}.")
    damage = find_damage(session, experiment_id)
    if damage is not None:
        raise _NotUsable(f"Experiment {experiment_id} cannot be read: {damage}")
    _refuse_incomparable(session, request, earlier)
    query = (
        select(Trial.parameters, Trial.objective)
        .where(
            Trial.experiment_id == experiment_id,
            IS_EVALUATED,
        )
        .order_by(Trial.number)
    )
    trials = session.execute(query).all()
    if not trials:
        raise _NotUsable(f"Experiment {experiment_id} has no finished trial with an objective.")
    rows = []
    reasons = []
    for stored_parameters, objective in trials:
        parameters = add_later_defaults(stored_parameters)
        reason = find_value_outside(space, parameters)
        if reason is None:
            row = WarmStartResult(parameters=parameters, objective=objective, is_pasted=False)
            row.from_experiment_id = experiment_id
            rows.append(row)
        else:
            reasons.append(reason)
    if not rows:
        raise _NotUsable(_explain_all_outside(experiment_id, reasons))
    return EarlierResults(rows, ignored=len(reasons))


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


def _covers(space: SearchSpace, rows: Iterable[WarmStartResult]) -> bool:
    """Whether there is a result for every combination of a space."""
    size = space.size()
    if size is None:
        return False
    combinations = {_to_key(row.parameters) for row in rows}
    return len(combinations) >= size


def _to_key(parameters: Parameters) -> frozenset[tuple[str, object]]:
    return frozenset(parameters.items())
