"""What a search's trials tell of its hyperparameters, in words."""

from dataclasses import dataclass

from app.domain.importance.importance import (
    MIN_EVALUATED_TRIALS,
    NEGLIGIBLE_FRACTION,
    Effect,
    Importance,
)
from app.domain.terms import TrialState
from app.services.importance import Telling
from app.web.templating import percent, value

FEW = 20  # trials below which all this is but a hint
NAMED = 3  # hyperparameters in the summary
LARGE = 0.3  # a rest that is worth a sentence


@dataclass(frozen=True)
class Account:
    """A summary in one paragraph, what to do about it, and what the numbers rest on."""

    summary: str
    hints: tuple[str, ...]
    basis: str


def account(telling: Telling) -> Account:
    """What there is to say, or why there is nothing yet."""
    found = telling.found
    if found is None:
        return Account(_nothing(telling), (), "")
    return Account(_summary(found), tuple(_hints(found)), _basis(telling, found))


def alike_text(effect: Effect) -> str:
    """The values that are as good as the best, as far as can be told."""
    if len(effect.equally_good) == len(effect.values):
        return "all alike" if len(effect.values) > 1 else ""
    if len(effect.equally_good) < 2:
        return ""
    if isinstance(effect.equally_good[0], str | bool):
        return " or ".join(value(one) for one in effect.equally_good)
    return f"{value(effect.equally_good[0])} to {value(effect.equally_good[-1])}"


def _nothing(telling: Telling) -> str:
    ended = len(telling.points) + telling.known
    if not telling.space.searched:
        return "This search varies no hyperparameter, so there is nothing to tell apart."
    if ended < MIN_EVALUATED_TRIALS:
        return (
            f"{_trials(ended)} with a result so far: from {MIN_EVALUATED_TRIALS} on, "
            "this page tells which hyperparameters matter."
        )
    return "All trials came out alike, so no hyperparameter made a difference."


def _summary(found: Importance) -> str:
    clear = [
        effect
        for effect in found.effects
        if effect.is_clear and effect.fraction >= NEGLIGIBLE_FRACTION
    ]
    if not clear:
        return f"No hyperparameter makes a difference that {_trials(found.n_trials)} could show."
    named = [f"{effect.name} {percent(effect.fraction, 0)}" for effect in clear[:NAMED]]
    first = f"{clear[0].name} accounts for {percent(clear[0].fraction, 0)} of the differences between trials"
    said = ", ".join([first, *named[1:]]) + "."
    if found.pairs and found.pairs[0][2] >= NEGLIGIBLE_FRACTION:
        left, right, share = found.pairs[0]
        said += f" {left} and {right} together make another {percent(share, 0)}: what is best of one depends on the other."
    if found.unexplained >= LARGE:
        said += f" {percent(found.unexplained, 0)} is chance, or more complicated than that."
    return said


def _hints(found: Importance) -> list[str]:
    hints = [_further(effect) for effect in found.effects if effect.end and effect.is_clear]
    idle = [effect.name for effect in found.effects if effect.is_negligible]
    if idle and len(idle) < len(found.effects) and found.n_trials >= FEW:
        hints.append(f"Hardly any difference: {', '.join(idle)}.")
    if found.n_trials < FEW:
        hints.append(f"{_trials(found.n_trials)} are few: read this as a hint.")
    return hints


def _further(effect: Effect) -> str:
    end, wanted = ("lower", "lower") if effect.end == "low" else ("upper", "higher")
    return f"{effect.name} is best at {value(effect.best)}, the {end} end of what was searched: try {wanted} values."


def _basis(telling: Telling, found: Importance) -> str:
    """Which trials were looked at, and how the unusual ones count."""
    judged = len(telling.points) + telling.known
    said = (
        f"From {_trials(judged)}"
        if found.n_trials == judged
        else f"From {found.n_trials} of {_trials(judged)}, evenly chosen"
    )
    extra = [f"{telling.known} of them results it started from"] if telling.known else []
    pruned = sum(point.state == TrialState.PRUNED for point in telling.points)
    ones, they = ("one", "it") if pruned == 1 else ("ones", "they")
    extra += [f"{pruned} pruned {ones} with what {they} had reached"] if pruned else []
    diverged = sum(point.objective is None for point in telling.points)
    extra += [f"{diverged} that diverged as the worst"] if diverged else []
    return said + "".join(f", {part}" for part in extra) + "."


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"
