"""The results a search starts from: trials of earlier experiments and pasted lines, copied when it is made."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment, Trial, WarmStartResult
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.strategies import strategy_info
from app.domain.terms import FINISHED_TRIAL_STATES
from app.domain.warm_start import find_value_outside, parse_pasted_results
from app.errors import FieldProblem
from app.schemas import ExperimentRequest

START, PASTED = "start_from", "pasted_results"
EXPORTED = frozenset({"number", "state", "error", "duration", "best_epoch", "epochs_trained"}) | {
    f"{part}_{score}" for part in ("validation", "test") for score in ("rmse", "skill")
}  # columns of the table of trials that say nothing here


@dataclass(frozen=True)
class Known:
    """Rows to be stored with a new experiment, and how many results do not count."""

    rows: list[WarmStartResult] = field(default_factory=list)
    ignored: int = 0


@dataclass(frozen=True)
class Start:
    """What a search started from: trials by their experiment (None: deleted since), pasted lines, those ignored."""

    trials: dict[int | None, int] = field(default_factory=dict)
    pasted: int = 0
    ignored: int = 0

    @property
    def count(self) -> int:
        """How many results its strategy was told before its first trial."""
        return sum(self.trials.values()) + self.pasted

    @property
    def experiments(self) -> list[int]:
        """The experiments whose trials count, and that are still there."""
        return [key for key in self.trials if key is not None]

    @property
    def parts(self) -> list[tuple[str, int | None]]:
        """What it started from in words, each with the experiment to look at."""
        found = [
            (f"{_counted(count, 'trial')} of {_whose(key)}", key)
            for key, count in self.trials.items()
        ]
        return [*found, (_counted(self.pasted, "pasted result"), None)] if self.pasted else found

    @property
    def rest(self) -> str:
        """What became of the others, as a sentence; nothing where there are none."""
        lie = "lies" if self.ignored == 1 else "lie"
        return (
            f"{self.ignored:,} more {lie} outside its search space or failed: not counted."
            if self.ignored
            else ""
        )

    @property
    def text(self) -> str:
        """All of it in words; nothing where it started from nothing."""
        return self.told("Started from")

    def told(self, verb: str) -> str:
        """All of it in words that begin with a verb."""
        words = [part for part, _ in self.parts]
        if not words:
            return ""
        listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
        return f"{verb} {listed}. {self.rest}".rstrip()


def find(
    session: Session, request: ExperimentRequest, space: SearchSpace, problems: list[FieldProblem]
) -> Known:
    """What a request wants to start from; what speaks against it is added to the problems."""
    rows: list[WarmStartResult] = []
    ignored, before = 0, len(problems)
    fields = [name for name in (START, PASTED) if getattr(request, name)]
    if strategy_info(request.strategy).needs_points:
        problems += [
            FieldProblem((name,), "The strategy manual tries its points and learns nothing.")
            for name in fields
        ]
        return Known()
    for earlier_id in dict.fromkeys(request.start_from):
        found, why = _trials(session, request, space, earlier_id)
        if why:
            problems.append(FieldProblem((START,), why))
        rows += found.rows
        ignored += found.ignored
    if request.pasted_results.strip():
        pasted = parse_pasted_results(request.pasted_results, space, EXPORTED)
        problems += [FieldProblem((PASTED,), why) for why in pasted.problems]
        if not pasted.results and not pasted.problems:
            why = "None of these lines counts: each lies outside the search space, or has no objective."
            problems.append(FieldProblem((PASTED,), why))
        rows += [
            WarmStartResult(parameters=one.parameters, objective=one.objective, is_pasted=True)
            for one in pasted.results
        ]
        ignored += pasted.ignored
    if len(problems) == before and _is_all(space, rows):
        why = "These are results for every combination of the search space: nothing is left to try."
        problems.append(FieldProblem((fields[0],), why))
    return Known(rows, ignored)


def store(session: Session, experiment: Experiment, known: Known) -> None:
    """Keep the results with a new experiment, numbered from 1."""
    experiment.results_ignored = known.ignored
    for number, row in enumerate(known.rows, start=1):
        row.experiment_id, row.number = experiment.id, number
    session.add_all(known.rows)
    session.flush()


def start_of(session: Session, experiment: Experiment) -> Start:
    """What a search started from."""
    return starts_of(session, [experiment])[experiment.id]


def starts_of(session: Session, experiments: Collection[Experiment]) -> dict[int, Start]:
    """For each of these experiments, what it started from."""
    row = WarmStartResult
    key = (row.experiment_id, row.is_pasted, row.from_experiment_id)
    query = select(*key, func.count()).where(
        row.experiment_id.in_([experiment.id for experiment in experiments])
    )
    trials: dict[int, dict[int | None, int]] = defaultdict(dict)
    pasted: Counter[int] = Counter()
    for experiment_id, is_pasted, earlier_id, count in session.execute(
        query.group_by(*key).order_by(func.min(row.number))
    ):
        if is_pasted:
            pasted[experiment_id] += count
        else:
            trials[experiment_id][earlier_id] = count
    return {
        one.id: Start(trials.get(one.id, {}), pasted[one.id], one.results_ignored)
        for one in experiments
    }


def preview(known: Known) -> Start:
    """What a search would start from."""
    trials = Counter(row.from_experiment_id for row in known.rows if not row.is_pasted)
    return Start(dict(trials), sum(row.is_pasted for row in known.rows), known.ignored)


def _trials(
    session: Session, request: ExperimentRequest, space: SearchSpace, earlier_id: int
) -> tuple[Known, str | None]:
    """The finished trials of an earlier experiment inside a space, or why it cannot be started from."""
    earlier = session.get(Experiment, earlier_id)
    if earlier is None:
        return Known(), f"There is no experiment {earlier_id}."
    why = _mismatch(session, request, earlier)
    if why is not None:
        return Known(), f"Experiment {earlier_id} {why}"
    query = select(Trial.parameters, Trial.objective).where(
        Trial.experiment_id == earlier_id,
        Trial.state.in_(FINISHED_TRIAL_STATES),
        Trial.objective.is_not(None),
    )
    found = session.execute(query.order_by(Trial.number)).all()
    if not found:
        return Known(), f"Experiment {earlier_id} has no finished trial with an objective."
    strange = [find_value_outside(space, parameters) for parameters, _ in found]
    if None not in strange:
        name, count = Counter(strange).most_common(1)[0]
        many = f"{_counted(len(found), 'finished trial')} of experiment {earlier_id}"
        return (
            Known(),
            f"None of the {many} lies in this search space: {name} lies outside in {count:,}.",
        )
    rows = [
        WarmStartResult(
            parameters=parameters,
            objective=objective,
            is_pasted=False,
            from_experiment_id=earlier_id,
        )
        for (parameters, objective), name in zip(found, strange, strict=True)
        if name is None
    ]
    return Known(rows, len(found) - len(rows)), None


def _mismatch(session: Session, request: ExperimentRequest, earlier: Experiment) -> str | None:
    """Why the objectives of an earlier experiment cannot be compared with those of the one asked for."""
    dataset = session.get(Dataset, request.dataset_id)
    if dataset is not None and dataset.fingerprint != earlier.dataset.fingerprint:
        return f'was run on another dataset, "{earlier.dataset.name}".'
    if earlier.objective != request.objective:
        return f"minimised {earlier.objective}, and this one is to minimise {request.objective}."
    shares = Split(earlier.train_fraction, earlier.validation_fraction, earlier.test_fraction)
    rows = earlier.dataset.rows
    if shares.parts(rows) != request.split.to_split().parts(rows):
        percents = ", ".join(
            f"{100 * share:.4g}" for share in (shares.train, shares.validation, shares.test)
        )
        return f"was judged on other rows: its split is {percents} %."
    if (earlier.custom_model_name or "") != request.custom_model:
        return f"trained another network, {earlier.custom_model_name or 'the built-in one'}."
    return None


def _is_all(space: SearchSpace, rows: Sequence[WarmStartResult]) -> bool:
    """Whether there is a result for every combination of a space."""
    size = space.size()
    return size is not None and len({_key(row.parameters) for row in rows}) >= size


def _key(parameters: Parameters) -> frozenset[tuple[str, object]]:
    return frozenset(parameters.items())


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _whose(experiment_id: int | None) -> str:
    return "an experiment deleted since" if experiment_id is None else f"experiment {experiment_id}"
