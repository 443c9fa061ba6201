"""Whether a search space has anything left to try."""

from app.db.models import Experiment
from app.domain.strategies import strategy_info
from app.queue.trial_counts import StateCounts


def are_all_tried(experiment: Experiment, counts: StateCounts) -> bool:
    """Whether more trials would only repeat earlier ones. counts: its trials by state.

    Strategies that may repeat parameters never run out of them.
    """
    strategy = strategy_info(experiment.strategy)
    if experiment.exhausted or strategy.needs_points:
        return True
    if strategy.repeats:
        return False
    combinations = experiment.space.size()
    return combinations is not None and sum(counts.values()) >= combinations
