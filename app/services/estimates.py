"""How long a search takes here: before it starts, and from now on while it runs."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, Trial
from app.domain.cost_model import TRIAL_SECONDS, CostModel, Workload, measure_workload
from app.domain.pruning import PRUNINGS, expected_epoch_fraction
from app.domain.search_space.space import SearchSpace
from app.domain.shared_trainings import group_by_training
from app.domain.strategies import strategy_info
from app.domain.terms import OPEN_EXPERIMENT_STATES, PENDING_TRIAL_STATES, TrialState
from app.queue import budget, pruning, workers
from app.services.cost_models import (
    TrainingSize,
    fit_to_experiment,
    size_of_experiment,
    size_of_training,
)

N_SAMPLED_CONFIGURATIONS = 60
MAX_ENUMERATED_TRIALS = 3000
MAX_CACHED_SEARCHES = 256
PRIOR_TRIALS = 3  # the expected fraction of epochs counts as much as that of so many trials
REQUESTED_EPOCHS = Trial.parameters["epochs"].as_integer()


@dataclass(frozen=True)
class OpenTraining:
    """A training that waits or runs: the seconds of all its epochs, and of those it has done."""

    full_seconds: float
    done_seconds: float

    def seconds_left(self, epoch_fraction: float) -> float:
        """Seconds until it has trained a fraction of its epochs."""
        requested_seconds = self.full_seconds * epoch_fraction
        seconds_left = requested_seconds - self.done_seconds
        return max(0.0, seconds_left)


@dataclass(frozen=True)
class RemainingWork:
    """The seconds one slot would need for what is left, and the longest training among it."""

    slot_seconds: float
    longest_seconds: float = 0.0


def search_seconds(
    model: CostModel,
    space: SearchSpace,
    dataset: Dataset,
    train_fraction: float,
    *,
    strategy: str,
    trials: int,
    slots: int,
    epoch_fraction: float = 1.0,
) -> float:
    """Seconds that a search is expected to take with so many slots.

    Trials of a grid that differ in their epochs alone share a training, which counts once.
    epoch_fraction: of all epochs, as far as they are trained.
    """
    size = size_of_training(
        dataset.rows,
        dataset.features,
        train_fraction,
    )
    if strategy_info(strategy).enumerates_space and not space.continuous:
        grid = _measure_grid(space, trials, size).with_epochs(epoch_fraction)
        return model.seconds(grid) / max(1, slots)
    n_trials = trials
    combinations = space.size()
    if combinations:
        n_trials = min(trials, combinations)
    mean_training = _measure_mean_training(space, size)
    all_trials = mean_training.times(n_trials).with_epochs(epoch_fraction)
    busy_slots = max(1, min(slots, trials))
    return model.seconds(all_trials) / busy_slots


@lru_cache(MAX_CACHED_SEARCHES)  # every open page asks every second, and a grid may be large
def _measure_grid(space: SearchSpace, trials: int, size: TrainingSize) -> Workload:
    """What a grid amounts to: of trials that share a training only the longest counts."""
    n_enumerated = min(trials, MAX_ENUMERATED_TRIALS)
    groups = group_by_training(space, n_enumerated)
    longest = [group[0] for group in groups]
    enumerated = measure_workload(
        longest,
        size.train_rows,
        size.columns,
    )
    scale = max(1.0, trials / MAX_ENUMERATED_TRIALS)
    return enumerated.times(scale)


@lru_cache(MAX_CACHED_SEARCHES)
def _measure_mean_training(space: SearchSpace, size: TrainingSize) -> Workload:
    """What one training amounts to, on average over a sample of the space."""
    generator = np.random.default_rng(0)
    samples = [space.sample(generator) for _ in range(N_SAMPLED_CONFIGURATIONS)]
    all_samples = measure_workload(
        samples,
        size.train_rows,
        size.columns,
    )
    return all_samples.times(1 / N_SAMPLED_CONFIGURATIONS)


def seconds_left(session: Session, experiment: Experiment, planned: int) -> float | None:
    """Seconds until an open search ends, with the slots that are alive and `planned` trials.

    This is what all planned trials would train, less what has been trained, by the cost of an
    epoch, and at most what is left of the time budget. None without a slot, and before enough
    trainings have been measured.
    """
    if experiment.state not in OPEN_EXPERIMENT_STATES:
        return None
    slots = workers.slots_alive(session)
    if slots < 1:
        return None
    model = fit_to_experiment(session, experiment)
    if not model.is_fitted:
        return None
    n_trials = _limit_to_space(experiment, planned)
    remaining = _remaining_work(session, experiment, model, n_trials)
    shared_seconds = remaining.slot_seconds / slots
    seconds = max(remaining.longest_seconds, shared_seconds)
    time_budget = experiment.time_budget_seconds
    if time_budget is None:
        return seconds
    budget_left = time_budget - budget.seconds_used(experiment)
    return float(np.clip(budget_left, 0.0, seconds))


def _limit_to_space(experiment: Experiment, planned: int) -> int:
    """The planned trials, or fewer where the search space has fewer combinations."""
    if strategy_info(experiment.strategy).needs_points:
        return planned
    combinations = experiment.space.size()
    if not combinations:
        return planned
    return min(planned, combinations)


def _remaining_work(
    session: Session, experiment: Experiment, model: CostModel, planned: int
) -> RemainingWork:
    trainings = _open_trainings(session, experiment, model)
    fraction = _epoch_fraction(session, experiment, planned)
    seconds_left = [training.seconds_left(fraction) for training in trainings]
    open_seconds = sum(seconds_left)
    if PRUNINGS[experiment.pruning].promotes:
        # A pruned trial may be continued, so the whole search counts, less what was trained.
        all_seconds = _all_seconds(experiment, model, planned)
        trained_seconds = _trained_seconds(session, experiment)
        untrained_seconds = fraction * all_seconds - trained_seconds
        return RemainingWork(max(untrained_seconds, open_seconds))
    longest = max(seconds_left, default=0.0)
    untried = _untried_fraction(session, experiment, planned)
    if not untried:
        return RemainingWork(open_seconds, longest)
    all_seconds = _all_seconds(experiment, model, planned)
    untried_seconds = untried * fraction * all_seconds
    return RemainingWork(open_seconds + untried_seconds, longest)


def _untried_fraction(session: Session, experiment: Experiment, planned: int) -> float:
    """The fraction of the planned trials that have not been suggested yet."""
    query = select(func.count()).where(
        Trial.experiment_id == experiment.id,
        Trial.state != TrialState.WITHDRAWN,
    )
    n_suggested = session.scalar(query) or 0
    n_untried = max(0, planned - n_suggested)
    return n_untried / max(1, planned)


def _open_trainings(
    session: Session, experiment: Experiment, model: CostModel
) -> list[OpenTraining]:
    """The trainings that wait or run, each as long as the longest trial that needs it."""
    size = size_of_experiment(experiment)
    last_epoch = (
        select(func.max(Epoch.number))
        .where(Epoch.training_id == Trial.training_id)
        .correlate(Trial)
        .scalar_subquery()
    )
    query = select(
        Trial.training_id,
        Trial.parameters,
        func.coalesce(last_epoch, 0),
    ).where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_(PENDING_TRIAL_STATES),
    )
    trainings: dict[int, OpenTraining] = {}
    for training_id, parameters, epochs_done in session.execute(query):
        epoch_seconds = model.epoch_seconds(parameters, size.train_rows, size.columns)
        full_seconds = TRIAL_SECONDS + epoch_seconds * int(parameters["epochs"])
        longest = trainings.get(training_id)
        if longest is None or full_seconds > longest.full_seconds:
            done_seconds = epoch_seconds * epochs_done
            trainings[training_id] = OpenTraining(full_seconds, done_seconds)
    return list(trainings.values())


def _epoch_fraction(session: Session, experiment: Experiment, planned: int) -> float:
    """The fraction of their epochs that trials train: what pruning lets expect, then what they did.

    Under a time budget and a pruning that promotes, pruned trials continue until the time is up.
    """
    promotes = PRUNINGS[experiment.pruning].promotes
    if promotes and experiment.time_budget_seconds is not None:
        return 1.0
    max_epochs = pruning.max_epochs(experiment)
    expected = expected_epoch_fraction(experiment.pruning, max_epochs, planned)
    if promotes:
        return expected
    query = select(
        func.count(),
        func.sum(Trial.epochs_trained),
        func.sum(REQUESTED_EPOCHS),
    ).where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_((TrialState.COMPLETED, TrialState.PRUNED)),
    )
    ended, trained, requested = session.execute(query).one()
    if not requested:
        return expected
    weighted_sum = PRIOR_TRIALS * expected + ended * trained / requested
    return float(weighted_sum / (PRIOR_TRIALS + ended))


def _all_seconds(experiment: Experiment, model: CostModel, planned: int) -> float:
    """Seconds of one slot for all planned trials, each trained in full."""
    if strategy_info(experiment.strategy).needs_points:
        size = size_of_experiment(experiment)
        return sum(
            model.training_seconds(point, size.train_rows, size.columns)
            for point in experiment.points
        )
    return search_seconds(
        model,
        experiment.space,
        experiment.dataset,
        experiment.train_fraction,
        strategy=experiment.strategy,
        trials=planned,
        slots=1,
    )


def _trained_seconds(session: Session, experiment: Experiment) -> float:
    is_of_experiment = Trial.experiment_id == experiment.id
    training_ids = select(Trial.training_id).where(is_of_experiment)
    is_needed = Epoch.training_id.in_(training_ids)
    query = select(func.sum(Epoch.seconds)).where(is_needed)
    seconds = session.scalar(query) or 0.0
    return float(seconds)
