"""Trials and results from elsewhere, as strategies see them."""

from collections.abc import Sequence

from app.domain.terms import PENDING_TRIAL_STATES
from app.domain.warm_start import EarlierResult
from app.queue.proposals import Told
from worker.strategies import Observation


def observe(told: Told) -> Observation:
    """A trial as strategies see it: a stopped trial with an objective counts, one without counts as failed."""
    if told.state in PENDING_TRIAL_STATES:
        return Observation(told.number, told.parameters, None, "pending")
    if told.objective is None:
        return Observation(told.number, told.parameters, None, "failed")
    return Observation(told.number, told.parameters, told.objective, "finished")


def before(known: Sequence[EarlierResult]) -> list[Observation]:
    """The results a search starts from: as trials before its own, so the last of them has the number 0."""
    first = 1 - len(known)
    return [
        Observation(number, one.parameters, one.objective, "finished")
        for number, one in enumerate(known, start=first)
    ]
