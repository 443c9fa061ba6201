"""The looks of the reduction strategy in words, for the page of an experiment."""

from dataclasses import dataclass

from app.domain.reduction.steps import Evidence, Look, Thinning
from app.web.charts.figures import LONGEST
from app.web.templating import number, percent, value


@dataclass(frozen=True)
class Story:
    """What became of a search space: in one sentence, each cut as sentences, and the last look that dropped nothing."""

    looks: int
    summary: str
    cuts: list[list[str]]
    quiet: list[str]


def story(thinning: Thinning) -> Story:
    """All looks in words, newest first; of those that dropped nothing only a last one that came after all cuts."""
    looks = thinning.looks
    cuts = [look for look in reversed(looks) if look.is_cut]
    last = looks[-1] if looks else None
    quiet = look_text(last, thinning) if last is not None and not last.is_cut else []
    return Story(
        len(looks),
        _summary(thinning, len(cuts)),
        [look_text(look, thinning) for look in cuts],
        quiet,
    )


def look_text(look: Look, thinning: Thinning) -> list[str]:
    """One look: what was dropped or why nothing was, the evidence, and what is left."""
    start, found = f"After {_trials(look.ended)}", look.evidence
    if found is None:
        why = f"too few of the last {_trials(look.looked_at)} share a value, or they are all alike"
        return [f"{start} nothing was dropped: {why}."]
    if not look.is_cut:
        needed = f"Strongest was {_strength(look, found)} for {dropped_text(found)}"
        return [
            f"{start} nothing was dropped.",
            f"{needed}; {thinning.reduction.threshold:g} is needed.",
        ]
    return [
        f"{start}: {dropped_text(found)} dropped.",
        f"{_strength(look, found)}.",
        *_medians(found),
        _left(look),
    ]


def dropped_text(found: Evidence) -> str:
    """What a look was about: `units_1 = 8`, or a third of a range."""
    first, last = (value(end)[:LONGEST] for end in (found.dropped[0], found.dropped[-1]))
    return f"{found.parameter[:LONGEST]} {f'= {first}' if first == last else f'from {first} to {last}'}"


def _summary(thinning: Thinning, cuts: int) -> str:
    plan, looks = thinning.reduction, thinning.looks
    if not looks:
        return f"The first look comes after {_trials(plan.interval)}."
    made = f"{len(looks)} {'look' if len(looks) == 1 else 'looks'}, {cuts} {'cut' if cuts == 1 else 'cuts'}"
    first, last = looks[0].size_before, looks[-1].size_after
    if first is None or last is None:
        return f"{made}: about {percent(looks[-1].share)} of the search space is left."
    return f"{made}: {last:,} of {first:,} combinations are left ({percent(looks[-1].share)})."


def _strength(look: Look, found: Evidence) -> str:
    odds = "p < 0.0001" if found.chance < 1e-4 else f"p = {found.chance:.2g}"
    count = found.having + found.others
    return f"{look.method.capitalize()} {found.coefficient:.2f} ({odds}, {_trials(count)})"


def _medians(found: Evidence) -> list[str]:
    having = f"Median objective {number(found.median_having)} in {_trials(found.having)} with it,"
    return [having, f"{number(found.median_others)} in {found.others:,} without."]


def _left(look: Look) -> str:
    if look.size_before is None or look.size_after is None:
        return f"About {percent(look.share)} of the space is left."
    return f"{look.size_before:,} combinations became {look.size_after:,}."


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"
