"""The looks of the reduction strategy in words, for the page of an experiment."""

from app.domain.catalogue import Value
from app.domain.reduction import Evidence, Look, Thinning
from app.pages import number, percent, value


def look_text(look: Look, thinning: Thinning) -> str:
    """One look as sentences: what was dropped or why nothing was, the evidence, and what is left."""
    start = f"After {look.ended:,} trials"
    if look.evidence is None:
        return f"{start} nothing was dropped: too few trials had, or had not, any one value."
    found = look.evidence
    if not look.is_cut:
        needed = thinning.reduction.threshold
        return f"{start} nothing was dropped: {_strength(look, found)} for {dropped_text(found)}; {needed:g} is needed."
    return f"{start} {dropped_text(found)} was dropped: {_strength(look, found)}. {_medians(found)} {_left(look)}"


def dropped_text(found: Evidence) -> str:
    """What a look was about: `units_1 = 8`, or a third of a range."""
    return f"{found.parameter} {_values(found.dropped)}"


def kept_text(found: Evidence) -> str:
    """What would be left of that hyperparameter."""
    if _is_range(found):
        return f"{value(found.kept[0])} to {value(found.kept[-1])}"
    return ", ".join(value(kept) for kept in found.kept)


def _strength(look: Look, found: Evidence) -> str:
    odds = "p < 0.0001" if found.chance < 1e-4 else f"p = {found.chance:.2g}"
    return f"{look.method} {found.coefficient:.2f} ({odds}) in the last {look.looked_at:,} trials"


def _medians(found: Evidence) -> str:
    having = f"Median objective {number(found.median_having)} in the {found.having:,} trials with it"
    return f"{having}, {number(found.median_others)} in the {found.others:,} without."


def _left(look: Look) -> str:
    if look.size_before is None or look.size_after is None:
        return f"About {percent(look.share)} of the space is left."
    return f"{look.size_before:,} combinations became {look.size_after:,}."


def _values(dropped: tuple[Value, ...]) -> str:
    if len(dropped) == 1 or dropped[0] == dropped[-1]:
        return f"= {value(dropped[0])}"
    return f"from {value(dropped[0])} to {value(dropped[-1])}"


def _is_range(found: Evidence) -> bool:
    return len(found.dropped) == 2
