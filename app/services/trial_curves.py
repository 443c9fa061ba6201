"""The losses of all trials of an experiment by epoch: each of few, a selection of many."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.models import Epoch, Experiment, Trial
from app.domain.terms import TrialState
from app.queue.artifacts import best_trial
from app.services import trial_listing
from app.services.importance import tried_space
from app.services.trial_listing import TrialQuery

MAX_CURVES = 200
MAX_BEST = 40  # of them the best ones
MAX_RUNNING = 40
MAX_POINTS = 50  # of one curve: a longer one is thinned

# Where one of these differs between trials, losses in scaled units cannot be compared.
SCALES_OF_LOSSES = ("target", "scaling")


@dataclass(frozen=True)
class Curve:
    """One trial; `losses`: None where one is not a finite number."""

    trial_id: int
    number: int
    state: TrialState
    is_best: bool
    epochs: list[int]
    losses: list[float | None]


@dataclass(frozen=True)
class CurveReport:
    """The curves that are drawn, of so many trials that have one.

    is_loss: validation losses; else validation RMSE in the units of the CSV.
    """

    curves: tuple[Curve, ...]
    n_trials: int
    n_best: int
    n_running: int
    is_loss: bool


class _Candidate(NamedTuple):
    """A trial that has trained an epoch."""

    trial_id: int
    training_id: int
    number: int
    state: TrialState
    objective: float | None
    epochs_trained: int


def report_curves(session: Session, experiment: Experiment, query: TrialQuery) -> CurveReport:
    """The curves of the trials of a query, at most MAX_CURVES of them.

    Raises Invalid for a filter that cannot be read.
    """
    candidates = _load_candidates(session, experiment, query)
    best, running, others = _select(candidates)
    chosen = sorted({*best, *running, *others}, key=lambda trial: trial.number)
    is_loss = not _has_several_scales(experiment)
    column = Epoch.val_loss if is_loss else Epoch.objective
    losses = _load_losses(session, chosen, column)
    best_id = _find_best(session, experiment, candidates, best)
    curves = []
    for trial in chosen:
        points = losses.get(trial.trial_id, [])
        curve = Curve(
            trial_id=trial.trial_id,
            number=trial.number,
            state=trial.state,
            is_best=trial.trial_id == best_id,
            epochs=[epoch for epoch, _ in points],
            losses=[loss for _, loss in points],
        )
        curves.append(curve)
    return CurveReport(tuple(curves), len(candidates), len(best), len(running), is_loss)


def _load_candidates(
    session: Session, experiment: Experiment, query: TrialQuery
) -> list[_Candidate]:
    trials = (
        trial_listing.matching(experiment.id, query)
        .where(Trial.epochs_trained > 0)
        .with_only_columns(
            Trial.id,
            Trial.training_id,
            Trial.number,
            Trial.state,
            Trial.objective,
            Trial.epochs_trained,
        )
    )
    candidates = []
    for trial_id, training_id, number, state, objective, epochs in session.execute(trials):
        candidate = _Candidate(trial_id, training_id, number, TrialState(state), objective, epochs)
        candidates.append(candidate)
    return candidates


def _select(
    candidates: Sequence[_Candidate],
) -> tuple[list[_Candidate], list[_Candidate], list[_Candidate]]:
    """The best ones, the running ones, and an even selection of the others."""
    by_objective = [trial for trial in candidates if trial.objective is not None]
    by_objective.sort(key=lambda trial: (trial.objective or 0.0, trial.number))
    best = by_objective[:MAX_BEST]
    running = [trial for trial in candidates if trial.state == TrialState.RUNNING]
    running = running[-MAX_RUNNING:]
    chosen = {*best, *running}
    others = sorted((trial for trial in candidates if trial not in chosen), key=lambda t: t.number)
    room = MAX_CURVES - len(chosen)
    if len(others) > room:
        indices = np.linspace(0, len(others) - 1, room).round().astype(int)
        others = [others[index] for index in indices]
    return best, running, others


def _find_best(
    session: Session,
    experiment: Experiment,
    candidates: Sequence[_Candidate],
    in_order: Sequence[_Candidate],
) -> int | None:
    """The id of the experiment's best trial; of the best of these where it is not among them."""
    best = best_trial(session, experiment.id)
    if best is not None and any(trial.trial_id == best.id for trial in candidates):
        return best.id
    return in_order[0].trial_id if in_order else None


def _has_several_scales(experiment: Experiment) -> bool:
    """Whether the losses of trials are in different units."""
    if experiment.custom_model is not None:
        return False
    names = {dimension.name for dimension in tried_space(experiment).searched}
    return not names.isdisjoint(SCALES_OF_LOSSES)


def _load_losses(
    session: Session,
    trials: Sequence[_Candidate],
    column: InstrumentedAttribute[float | None],
) -> dict[int, list[tuple[int, float | None]]]:
    """The epochs that are drawn and their losses, by trial id."""
    training_ids = {trial.training_id for trial in trials}
    longest = max((trial.epochs_trained for trial in trials), default=0)
    numbers = _choose_epochs(longest)
    query = (
        select(Epoch.training_id, Epoch.number, column)
        .where(Epoch.training_id.in_(training_ids), Epoch.number.in_(numbers))
        .order_by(Epoch.training_id, Epoch.number)
    )
    points: defaultdict[int, list[tuple[int, float | None]]] = defaultdict(list)
    for training_id, number, loss in session.execute(query):
        points[training_id].append((number, _finite(loss)))
    losses = {}
    for trial in trials:
        of_training = points[trial.training_id]
        losses[trial.trial_id] = [
            point for point in of_training if point[0] <= trial.epochs_trained
        ]
    for trial_id, number, loss in _load_last_losses(session, trials, column):
        if not losses[trial_id] or losses[trial_id][-1][0] != number:
            losses[trial_id].append((number, _finite(loss)))
    return losses


def _load_last_losses(
    session: Session,
    trials: Sequence[_Candidate],
    column: InstrumentedAttribute[float | None],
) -> list[tuple[int, int, float | None]]:
    query = (
        select(Trial.id, Epoch.number, column)
        .join(
            Epoch,
            (Epoch.training_id == Trial.training_id) & (Epoch.number == Trial.epochs_trained),
        )
        .where(Trial.id.in_([trial.trial_id for trial in trials]))
    )
    return [(trial_id, number, loss) for trial_id, number, loss in session.execute(query)]


def _choose_epochs(longest: int) -> list[int]:
    """At most MAX_POINTS epochs from the first to the last, evenly spaced."""
    if longest <= MAX_POINTS:
        return list(range(1, longest + 1))
    evenly = np.linspace(1, longest, MAX_POINTS).round()
    return [int(number) for number in evenly]


def _finite(loss: float | None) -> float | None:
    if loss is None or not isfinite(loss):
        return None
    return loss
