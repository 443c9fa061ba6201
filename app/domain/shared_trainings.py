"""The trainings behind a grid: combinations that differ only in when they stop share one."""

from itertools import islice

from app.domain.fingerprint import STOPPING_HYPERPARAMETERS
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace


def group_by_training(space: SearchSpace, limit: int) -> list[list[Parameters]]:
    """The first `limit` combinations of a countable space, grouped by the training they share.

    Each group begins with the most epochs.
    """
    groups: dict[frozenset[tuple[str, object]], list[Parameters]] = {}
    for parameters in islice(space.grid(), limit):
        training = frozenset(
            (name, value)
            for name, value in parameters.items()
            if name not in STOPPING_HYPERPARAMETERS
        )
        group = groups.setdefault(training, [])
        group.append(parameters)
    return [sorted(group, key=_epochs_of, reverse=True) for group in groups.values()]


def _epochs_of(parameters: Parameters) -> int:
    """The epochs of a trial; a custom model need not have any."""
    epochs = parameters.get("epochs", 0)
    return int(epochs)
