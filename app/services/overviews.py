"""Experiments with what a page computes about them: counts, best trial, time left."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.cache import Cache
from app.db.models import Experiment, Trial
from app.domain.baselines import score_naive
from app.domain.metrics import Scores
from app.domain.objectives import Yardstick
from app.domain.terms import EVALUATED_PARTS, Part, TrialState
from app.queue import artifacts, budget, trial_counts
from app.queue.row_checks import find_row_damage
from app.queue.unreadable import MACHINE_ERRORS
from app.services import datasets, estimates, experiment_listing, unreadable, warm_start
from app.services.experiment_listing import ALL, ExperimentQuery
from app.services.paging import Page, paged
from app.services.unreadable import UnreadableExperiment
from app.services.warm_start import WarmStart

MAX_NAIVE_SCORES = 500  # pages ask for the same ones every second
EVERY_EXPERIMENT = ExperimentQuery(archived=ALL)
_NAIVE_SCORES: Cache[tuple[str, range, int], Scores] = Cache(MAX_NAIVE_SCORES)


@dataclass(frozen=True)
class Overview:
    """An experiment and what is computed about it.

    `naive`: the scores of naive (last value) by part, in the CSV's units. `yardstick`: what trials
    are compared by.
    `seconds_per_trial` is None before a trial that began has ended, `eta_seconds` while nothing is
    known.
    """

    experiment: Experiment
    counts: dict[TrialState, int]
    finished: int
    planned: int
    best: Trial | None
    naive: dict[Part, Scores]
    yardstick: Yardstick
    seconds_running: float
    seconds_per_trial: float | None
    eta_seconds: float | None
    running: list[Trial]
    start: WarmStart
    problem: str = ""  # none: it could be read

    @property
    def best_error(self) -> float | None:
        """The best trial's error on the validation part; None while there is none."""
        return self.yardstick.of_part(self.best) if self.best else None

    @property
    def baseline_error(self) -> float:
        """That of naive (last value)."""
        return self.yardstick.of_scores(self.naive[Part.VALIDATION])

    @property
    def n_trials(self) -> int:
        """How many trials there are, in whatever state."""
        return sum(self.counts.values())

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it changes any more by itself."""
        return self.experiment.finished_at is not None


@dataclass(frozen=True)
class _FactsByExperiment:
    """Facts by experiment id: one query each, however many experiments there are."""

    counts: dict[int, dict[TrialState, int]]
    trained: dict[int, int]  # how many trials have begun and ended
    best: dict[int, Trial]
    running: dict[int, list[Trial]]
    warm_starts: dict[int, WarmStart]


def listing(
    session: Session,
    page: int = 1,
    size: int = 50,
    *,
    query: ExperimentQuery = EVERY_EXPERIMENT,
    is_checked: bool = False,
) -> Page[Overview | UnreadableExperiment]:
    """Experiments that a query asks for; by default all, newest first. Raises Invalid.

    Without `is_checked`, one that cannot be read raises any error, here or where it is shown.
    With it, each is read by itself.
    """
    experiments = _list_experiments(session, query, page, size)
    if is_checked:
        return experiments.map(lambda experiment: _build_checked(session, experiment))
    facts = _load_facts(session, experiments.items)
    return experiments.map(lambda experiment: _build(session, experiment, facts))


def _list_experiments(
    session: Session, query: ExperimentQuery, page: int, size: int
) -> Page[Experiment]:
    return paged(
        session,
        experiment_listing.matching(query),
        page,
        size,
        selectinload(Experiment.dataset),
        selectinload(Experiment.tag_rows),
    )


def build_any(
    session: Session, experiment: Experiment, *, is_checked: bool = False
) -> Overview | UnreadableExperiment:
    """The overview of an experiment; see `listing` about `is_checked`."""
    if is_checked:
        return _build_checked(session, experiment)
    return build(session, experiment)


def _build_checked(session: Session, experiment: Experiment) -> Overview | UnreadableExperiment:
    try:
        overview = build(session, experiment)
        rows = [experiment, experiment.dataset, *overview.running]
        if overview.best is not None:
            rows.append(overview.best)
        if find_row_damage(rows) is None:
            return overview
    except MACHINE_ERRORS:
        raise
    except Exception:  # what is stored may be anything
        damaged = unreadable.find(session, experiment.id)
        if damaged is None:
            raise
        return damaged
    return unreadable.find(session, experiment.id) or overview


def build(session: Session, experiment: Experiment) -> Overview:
    """Counts, best trial, time used and time left of one experiment."""
    facts = _load_facts(session, [experiment])
    return _build(session, experiment, facts)


def running_trials(session: Session, experiment_ids: Collection[int]) -> list[Trial]:
    """The trials of these experiments that are in a slot now, by number."""
    query = (
        select(Trial)
        .where(Trial.experiment_id.in_(experiment_ids), Trial.state == TrialState.RUNNING)
        .order_by(Trial.number)
    )
    return list(session.scalars(query))


def baseline_error(session: Session, experiment: Experiment) -> float:
    """The error of naive (last value) on the validation part, as trials are compared by."""
    scores = baseline_scores(session, experiment, Part.VALIDATION)
    return experiment.yardstick.of_scores(scores)


def baseline_scores_by_part(session: Session, experiment: Experiment) -> dict[Part, Scores]:
    """The scores of naive (last value) on the validation and the test part."""
    return {part: baseline_scores(session, experiment, part) for part in EVALUATED_PARTS}


def baseline_scores(session: Session, experiment: Experiment, part: Part) -> Scores:
    """What naive (last value) scores over one part, in the CSV's units."""
    series = datasets.series(session, experiment.dataset)
    values = series.target_values
    rows = experiment.split.parts(len(values))[part]
    key = (experiment.dataset.fingerprint, rows, experiment.horizon)
    return _NAIVE_SCORES.get_or_make(key, lambda: score_naive(values, rows, experiment.horizon))


def _load_facts(session: Session, experiments: Collection[Experiment]) -> _FactsByExperiment:
    experiment_ids = [experiment.id for experiment in experiments]
    running: dict[int, list[Trial]] = {}
    for experiment_id in experiment_ids:
        running[experiment_id] = []
    for trial in running_trials(session, experiment_ids):
        running[trial.experiment_id].append(trial)
    return _FactsByExperiment(
        counts=trial_counts.counts_by_experiment(session, experiment_ids),
        trained=trial_counts.count_trained(session, experiment_ids),
        best=artifacts.best_trials(session, experiment_ids),
        running=running,
        warm_starts=warm_start.summarise_all(session, experiments),
    )


def _build(session: Session, experiment: Experiment, facts: _FactsByExperiment) -> Overview:
    counts = facts.counts[experiment.id]
    planned = trial_counts.planned_trials(experiment, counts)
    n_wanted = planned - counts.get(TrialState.WITHDRAWN, 0)
    finished = trial_counts.count_finished(counts)
    seconds_running = budget.seconds_used(experiment)
    seconds_per_trial = None
    n_trained = facts.trained.get(experiment.id, 0)
    if n_trained:
        seconds_per_trial = seconds_running / n_trained
    return Overview(
        experiment=experiment,
        counts=counts,
        finished=finished,
        planned=planned,
        best=facts.best.get(experiment.id),
        naive=baseline_scores_by_part(session, experiment),
        yardstick=experiment.yardstick,
        seconds_running=seconds_running,
        seconds_per_trial=seconds_per_trial,
        eta_seconds=estimates.seconds_left(session, experiment, n_wanted),
        running=facts.running[experiment.id],
        start=facts.warm_starts[experiment.id],
    )
