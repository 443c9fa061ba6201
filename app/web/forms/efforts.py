"""Three amounts of effort for a search, computed for its space, its dataset and this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.strategies import strategy_info
from app.schemas import MAX_TRIALS
from app.services.expected_time import ExpectedTimes
from app.services.validation import CheckedRequest
from app.web.formats import estimate

N_MEASURED_TRIALS = 100
MIN_TRIALS = 10  # fewer say little: the time budget ends them


class Amount(NamedTuple):
    """A time budget, which decides how many trials fit."""

    title: str
    minutes: int


AMOUNTS = {
    "quick": Amount("Quick", 1),
    "balanced": Amount("Balanced", 10),
    "thorough": Amount("Thorough", 60),
}


@dataclass(frozen=True)
class Effort:
    """What a card sets, and says: how many trials are expected to fit into its time.

    trials: None where a trial's time cannot be told, so only the time counts.
    is_chosen: the form says this already.
    """

    name: str
    title: str
    minutes: int
    trials: int | None
    text: str
    is_chosen: bool = False


def list_efforts(times: ExpectedTimes, checked: CheckedRequest | None, slots: int) -> list[Effort]:
    """The three cards; without numbers of trials where nothing can be estimated."""
    seconds = None
    if checked is not None:
        seconds = _seconds_per_trial(times, checked, slots)
    efforts = []
    for name, amount in AMOUNTS.items():
        efforts.append(_describe(name, amount, checked, seconds))
    return efforts


def effort_fields(efforts: Sequence[Effort], name: str) -> dict[str, str]:
    """The fields that a card sets; none for a name that no card has."""
    for effort in efforts:
        if effort.name == name:
            fields = {"budget_minutes": str(effort.minutes)}
            if effort.trials is not None:
                fields["max_trials"] = str(effort.trials)
            return fields
    return {}


def _describe(
    name: str, amount: Amount, checked: CheckedRequest | None, seconds: float | None
) -> Effort:
    budget = 60.0 * amount.minutes
    if checked is None or seconds is None:
        text = f"ends after {estimate(budget)}"
        return Effort(name, amount.title, amount.minutes, None, text)
    most_trials = min(MAX_TRIALS, checked.space.size() or MAX_TRIALS)
    fitting = min(most_trials, max(1, int(budget / seconds)))
    trials = min(most_trials, max(MIN_TRIALS, fitting))
    expected = min(budget, trials * seconds)
    request = checked.request
    is_chosen = request.max_trials == trials and request.time_budget_seconds == budget
    count = "1 trial" if fitting == 1 else f"{fitting:,} trials"
    return Effort(
        name=name,
        title=amount.title,
        minutes=amount.minutes,
        trials=trials,
        text=f"≈ {estimate(expected)} · {count}",
        is_chosen=is_chosen,
    )


def _seconds_per_trial(times: ExpectedTimes, checked: CheckedRequest, slots: int) -> float | None:
    """Seconds of this machine for each trial; None for points that are given and custom models."""
    request = checked.request
    if strategy_info(request.strategy).needs_points:
        return None
    trials = min(N_MEASURED_TRIALS, checked.space.size() or N_MEASURED_TRIALS)
    seconds = times.seconds(checked, trials, slots, fills_budget=False)
    if seconds is None:
        return None
    return max(seconds / trials, 1e-3)
