"""When an experiment is over, and why."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.terms import FINISHED, State
from app.models import Experiment, Trial, now
from app.services import artifacts, budget, pruning
from app.services.queue import OPEN


def settle(session: Session) -> None:
    """End every open experiment that has nothing left to do."""
    for experiment in session.scalars(select(Experiment).where(Experiment.state.in_(OPEN))).all():
        counts = count_states(session, experiment.id)
        if counts.get(State.RUNNING, 0):
            continue
        ended = _ending(experiment, counts)
        if ended is not None and ended[0] == State.COMPLETED and pruning.promote(session, experiment):
            continue
        if ended is not None:
            close(session, experiment, *ended)


def count_states(session: Session, experiment_id: int) -> dict[State, int]:
    """How many trials are in each state."""
    query = select(Trial.state, func.count()).where(Trial.experiment_id == experiment_id).group_by(Trial.state)
    return {State(state): count for state, count in session.execute(query)}


def planned_trials(experiment: Experiment, counts: dict[State, int]) -> int:
    """How many trials there will be, as far as known."""
    return sum(counts.values()) if experiment.exhausted else experiment.max_trials


def close(session: Session, experiment: Experiment, state: State, reason: str) -> None:
    """End an experiment and wish for the bundle of its best model."""
    moment = now()
    session.execute(
        update(Experiment)
        .where(Experiment.id == experiment.id, Experiment.state.in_(OPEN))
        .values(
            state=state,
            reason=reason,
            finished_at=moment,
            seconds_used=budget.seconds_used(experiment, moment),
            resumed_at=None,
        )
    )
    best = artifacts.best_trial(session, experiment.id)
    if best is not None:
        artifacts.wish(session, best)


def _ending(experiment: Experiment, counts: dict[State, int]) -> tuple[State, str] | None:
    finished = sum(count for state, count in counts.items() if state in FINISHED)
    planned = planned_trials(experiment, counts)
    if experiment.stop_requested_at is not None:
        return State.STOPPED, f"Stopped by you after {finished} of {planned} trials."
    if finished >= planned:
        why = f" {_left(experiment)} has no other combination." if experiment.exhausted else ""
        return State.COMPLETED, f"All {finished} trials have ended.{why}"
    if budget.is_spent(experiment):
        return State.COMPLETED, f"The time budget is used up: {finished} of {planned} trials have ended."
    return None


def _left(experiment: Experiment) -> str:
    return "What reduction left of the search space" if experiment.strategy == "reduction" else "The search space"
