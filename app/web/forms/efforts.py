"""Three amounts of effort for a search, computed for its space, its dataset and this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.auto import choose
from app.domain.strategies import strategy_info
from app.services import datasets, estimates
from app.services.cost_models import fit_to_installation
from app.services.validation import CheckedRequest
from app.web.formats import duration, estimate

N_MEASURED_TRIALS = 100
MIN_TRIALS = 10  # fewer say little: the time budget ends them


class Amount(NamedTuple):
    """A time budget, and the trials from which on more would hardly help."""

    title: str
    minutes: int
    max_trials: int


AMOUNTS = {
    "quick": Amount("Quick", 1, 99),
    "balanced": Amount("Balanced", 10, 300),
    "thorough": Amount("Thorough", 60, 1_000),
}


@dataclass(frozen=True)
class Effort:
    """What a card sets. trials: None where a trial's time cannot be told, so only the time counts.

    is_chosen: the form says this already.
    """

    name: str
    title: str
    minutes: int
    trials: int | None
    text: str
    is_chosen: bool = False


def list_efforts(session: Session, checked: CheckedRequest | None, slots: int) -> list[Effort]:
    """The three cards; without numbers of trials where nothing can be estimated."""
    seconds = None
    if checked is not None:
        seconds = _seconds_per_trial(session, checked, slots)
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
        text = f"ends after {duration(budget)}"
        return Effort(name, amount.title, amount.minutes, None, text)
    trials = min(amount.max_trials, max(MIN_TRIALS, int(budget / seconds)))
    combinations = checked.space.size()
    if combinations is not None:
        trials = min(trials, combinations)
    expected = min(budget, trials * seconds)
    request = checked.request
    is_chosen = request.max_trials == trials and request.time_budget_seconds == budget
    count = "1 trial" if trials == 1 else f"{trials:,} trials"
    return Effort(
        name=name,
        title=amount.title,
        minutes=amount.minutes,
        trials=trials,
        text=f"≈ {estimate(expected)} · {count}",
        is_chosen=is_chosen,
    )


def _seconds_per_trial(session: Session, checked: CheckedRequest, slots: int) -> float | None:
    """Seconds of this machine for each trial; None for points that are given and custom models."""
    request = checked.request
    if checked.custom_model is not None or strategy_info(request.strategy).needs_points:
        return None
    space = checked.space
    choice = choose(request.strategy, request.pruning, space, N_MEASURED_TRIALS)
    trials = min(N_MEASURED_TRIALS, space.size() or N_MEASURED_TRIALS)
    seconds = estimates.search_seconds(
        fit_to_installation(session),
        space,
        datasets.get(session, request.dataset_id),
        request.split.train,
        strategy=choice.strategy,
        trials=trials,
        slots=slots,
    )
    return max(seconds / trials, 1e-3)
