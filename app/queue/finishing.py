"""The end of a time budget: its last part is kept to finish the best trials of a search.

While one of the best waits there, pruned or queued again, it alone is taken: no other trial begins,
and where it finds no slot a worse running trial ends. A search with nothing to finish goes on as
before; so does one without pruning, whose running trials end or are stopped with the budget.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Trial
from app.domain.cost_model import TRIAL_SECONDS
from app.domain.pruning import PRUNINGS
from app.domain.states import PROMOTE_TRIAL
from app.domain.terms import PENDING_TRIAL_STATES, TrialState
from app.queue import budget, pruning
from app.queue.artifacts import IS_EVALUATED
from app.queue.trial_counts import HAS_BEGUN

FINISHING_FRACTION = 0.15  # of a time budget
MAX_FINISHING_FRACTION = 0.5  # where the best trial needs longer for the epochs it has left
DELAY_FACTOR = 1.5  # on the time that the best trial is expected to need
N_EPOCHS_FOR_PACE = 30  # the latest ones
N_BEST = 5  # trainings to finish: as many as a delivered ensemble has at most
MAX_TRIALS_READ = 10 * N_BEST  # of one training there may be several


@dataclass(frozen=True)
class RankedTraining:
    """One of the best trainings of a search. `number`: of its best trial."""

    training_id: int
    number: int
    objective: float
    is_waiting: bool  # it can go on, and nobody trains it now


def seconds_kept(session: Session, experiment: Experiment) -> float:
    """How long the last part of a time budget is; 0 where there is nothing to finish in it."""
    time_budget = experiment.time_budget_seconds
    if time_budget is None or not PRUNINGS[experiment.pruning].prunes:
        return 0.0
    least = FINISHING_FRACTION * time_budget
    most = MAX_FINISHING_FRACTION * time_budget
    needed = DELAY_FACTOR * _seconds_to_finish_best(session, experiment)
    return min(max(least, needed), most)


def has_begun(session: Session, experiment: Experiment) -> bool:
    """Whether no more than the last part of a time budget is left."""
    time_budget = experiment.time_budget_seconds
    if time_budget is None:
        return False
    seconds_left = time_budget - budget.seconds_used(experiment)
    if seconds_left > MAX_FINISHING_FRACTION * time_budget:
        return False  # before anything is read: this is asked after every epoch
    return seconds_left <= seconds_kept(session, experiment)


def next_training(session: Session, experiment: Experiment) -> int | None:
    """The training to finish next; None where none waits, or it is too early for that."""
    if not has_begun(session, experiment):
        return None
    for training in best_trainings(session, experiment):
        if training.is_waiting:
            return training.training_id
    return None


def promote(session: Session, experiment: Experiment) -> bool:
    """Queue the pruned trials of the training to finish next. Whether there is such a training."""
    training_id = next_training(session, experiment)
    if training_id is None:
        return False
    query = select(Trial.id).where(
        Trial.experiment_id == experiment.id,
        Trial.training_id == training_id,
        Trial.state.in_(PROMOTE_TRIAL.sources),
    )
    trial_ids = session.scalars(query).all()
    reason = "Promoted: among the best, which the last part of the time budget finishes"
    pruning.queue_again(session, trial_ids, reason)
    return True


def find_reason_to_prune(
    session: Session, experiment: Experiment, training_id: int, epoch: int
) -> str | None:
    """Why the trials of a running training end after an epoch; None where they go on.

    In the last part of a time budget, no rule of pruning ends one of the best.
    """
    if not PRUNINGS[experiment.pruning].prunes:  # the commonest case needs no query
        return None
    if not has_begun(session, experiment):
        return pruning.find_reason(session, experiment, training_id, epoch)
    best = best_trainings(session, experiment)
    values = _values_of_running(session, experiment)
    value = values.pop(training_id, None)
    is_best = len(best) < N_BEST
    if value is not None:
        is_best = is_best or value <= best[-1].objective
    candidates = best[:1] if is_best else best
    waiting = []
    for training in candidates:
        if training.is_waiting and (value is None or training.objective < value):
            waiting.append(training)
    if len(waiting) > _count_worse(values, value):
        return (
            "the last part of the time budget finishes the best trials, and trial "
            f"{waiting[0].number}, which is better, waits"
        )
    if is_best:
        return None
    return pruning.find_reason(session, experiment, training_id, epoch)


def best_trainings(session: Session, experiment: Experiment) -> list[RankedTraining]:
    """The trainings with the best evaluated trials, at most N_BEST, the best one first."""
    query = (
        select(Trial.training_id, Trial.number, Trial.objective)
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(MAX_TRIALS_READ)
    )
    best_by_training: dict[int, tuple[int, float]] = {}
    for training_id, number, objective in session.execute(query):
        if objective is not None and len(best_by_training) < N_BEST:
            best_by_training.setdefault(training_id, (number, objective))
    waiting_ids = _waiting_trainings(session, experiment, list(best_by_training))
    trainings = []
    for training_id, (number, objective) in best_by_training.items():
        training = RankedTraining(
            training_id,
            number,
            objective,
            is_waiting=training_id in waiting_ids,
        )
        trainings.append(training)
    return trainings


def _waiting_trainings(
    session: Session, experiment: Experiment, training_ids: list[int]
) -> set[int]:
    """Those of these trainings that can go on, and that nobody trains now."""
    of_trainings = select(Trial.training_id).where(Trial.training_id.in_(training_ids))
    is_queued = HAS_BEGUN & (Trial.state == TrialState.QUEUED)
    can_go_on = of_trainings.where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_(PROMOTE_TRIAL.sources) | is_queued,
    )
    running = of_trainings.where(Trial.state == TrialState.RUNNING)
    waiting_ids = set(session.scalars(can_go_on))
    running_ids = set(session.scalars(running))
    return waiting_ids - running_ids


def _values_of_running(session: Session, experiment: Experiment) -> dict[int, float | None]:
    """The best value so far of each training of a search that runs; None before its first epoch."""
    value = func.min(pruning.value_column(experiment))
    query = (
        select(Trial.training_id, value)
        .outerjoin(Epoch, Epoch.training_id == Trial.training_id)
        .where(Trial.experiment_id == experiment.id, Trial.state == TrialState.RUNNING)
        .group_by(Trial.training_id)
    )
    values: dict[int, float | None] = {}
    for training_id, best_value in session.execute(query):
        values[training_id] = best_value
    return values


def _count_worse(values: dict[int, float | None], value: float | None) -> int:
    """How many of the other running trainings are worse, or have no value yet."""
    worse = 0
    for other in values.values():
        if other is None or (value is not None and other > value):
            worse += 1
    return worse


def _seconds_to_finish_best(session: Session, experiment: Experiment) -> float:
    """How long the best trial needs for the epochs it has left, at the pace of those it had."""
    best = best_trainings(session, experiment)[:1]
    if not best:
        return 0.0
    training_id = best[0].training_id
    unfinished = (*PENDING_TRIAL_STATES, *PROMOTE_TRIAL.sources)
    query = select(Trial.parameters, Trial.epochs_trained).where(
        Trial.experiment_id == experiment.id,
        Trial.training_id == training_id,
        Trial.state.in_(unfinished),
    )
    epochs_left = 0
    for parameters, epochs_trained in session.execute(query):
        left_of_trial = int(parameters["epochs"]) - epochs_trained
        epochs_left = max(epochs_left, left_of_trial)
    if epochs_left == 0:
        return 0.0
    return TRIAL_SECONDS + epochs_left * _usual_epoch_seconds(session, training_id)


def _usual_epoch_seconds(session: Session, training_id: int) -> float:
    """The median time from one of its latest epochs to the next: training it and storing it.

    The longest gaps are those in which the training waited to go on.
    """
    query = (
        select(Epoch.recorded_at, Epoch.seconds)
        .where(Epoch.training_id == training_id)
        .order_by(Epoch.number.desc())
        .limit(N_EPOCHS_FOR_PACE)
    )
    epochs = session.execute(query).all()
    durations = []
    for later, earlier in pairwise(epochs):
        gap = later.recorded_at - earlier.recorded_at
        durations.append(max(later.seconds, gap.total_seconds()))
    if not durations:
        durations = [epoch.seconds for epoch in epochs]
    return float(median(durations))
