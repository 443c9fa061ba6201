"""The trainings behind a grid: combinations that differ only in what is read off a training share one."""

from itertools import islice

from app.domain.fingerprint import READ_OFF
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace


def shared_trainings(space: SearchSpace, most: int) -> list[list[Parameters]]:
    """The first `most` combinations of a countable space by training, of each training the longest first."""
    groups: dict[frozenset[tuple[str, object]], list[Parameters]] = {}
    for parameters in islice(space.grid(), most):
        telling = frozenset(item for item in parameters.items() if item[0] not in READ_OFF)
        groups.setdefault(telling, []).append(parameters)
    return [sorted(group, key=_epochs, reverse=True) for group in groups.values()]


def _epochs(parameters: Parameters) -> int:
    """A program of the owner's own need not have any."""
    return int(parameters.get("epochs", 0))
