"""What a search has learnt so far, as strategies see it."""

from collections.abc import Sequence

from app.domain.terms import FINISHED_TRIAL_STATES
from app.domain.warm_start import EarlierResult
from app.queue.proposals import TrialRecord
from worker.strategies import Observation


def observe_trial(trial: TrialRecord) -> Observation:
    """A trial as strategies see it.

    A stopped trial with an objective counts as finished, any ended one without as failed. One that
    was withdrawn says nothing about its parameters, but they are not to be tried again.
    """
    if trial.state not in FINISHED_TRIAL_STATES:
        return Observation(trial.number, trial.parameters, None, "pending")
    if trial.objective is None:
        return Observation(trial.number, trial.parameters, None, "failed")
    return Observation(trial.number, trial.parameters, trial.objective, "finished")


def observe_earlier_results(results: Sequence[EarlierResult]) -> list[Observation]:
    """The results a search starts from, as trials before its own: the last one has number 0."""
    first = 1 - len(results)
    return [
        Observation(number, result.parameters, result.objective, "finished")
        for number, result in enumerate(results, start=first)
    ]
