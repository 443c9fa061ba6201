"""The steps of the reduction strategy in words, for the page of an experiment."""

from dataclasses import dataclass

from app.domain.reduction.steps import Evidence, ReductionState, ReductionStep
from app.web.charts.figures import LONGEST
from app.web.templating import number, percent, value


@dataclass(frozen=True)
class Story:
    """What became of a search space: in one sentence, each cut as sentences, and the last step that dropped nothing."""

    steps: int
    summary: str
    cuts: list[list[str]]
    quiet: list[str]


def story(reduction_state: ReductionState) -> Story:
    """All steps in words, newest first; of those that dropped nothing only a last one that came after all cuts."""
    steps = reduction_state.steps
    cuts = [step for step in reversed(steps) if step.is_cut]
    last = steps[-1] if steps else None
    quiet = step_text(last, reduction_state) if last is not None and not last.is_cut else []
    return Story(
        len(steps),
        _summary(reduction_state, len(cuts)),
        [step_text(step, reduction_state) for step in cuts],
        quiet,
    )


def step_text(step: ReductionStep, reduction_state: ReductionState) -> list[str]:
    """One step: what was dropped or why nothing was, the evidence, and what is left."""
    start, found = f"After {_trials(step.n_finished)}", step.evidence
    if found is None:
        why = (
            f"too few of the last {_trials(step.n_considered)} share a value, or they are all alike"
        )
        return [f"{start} nothing was dropped: {why}."]
    if not step.is_cut:
        needed = f"Strongest was {_strength(step, found)} for {dropped_text(found)}"
        return [
            f"{start} nothing was dropped.",
            f"{needed}; {reduction_state.reduction.threshold:g} is needed.",
        ]
    return [
        f"{start}: {dropped_text(found)} dropped.",
        f"{_strength(step, found)}.",
        *_medians(found),
        _left(step),
    ]


def dropped_text(found: Evidence) -> str:
    """What a step was about: `units_1 = 8`, or a third of a range."""
    first, last = (value(end)[:LONGEST] for end in (found.dropped[0], found.dropped[-1]))
    return f"{found.parameter[:LONGEST]} {f'= {first}' if first == last else f'from {first} to {last}'}"


def _summary(reduction_state: ReductionState, cuts: int) -> str:
    plan, steps = reduction_state.reduction, reduction_state.steps
    if not steps:
        return f"The first step comes after {_trials(plan.interval)}."
    made = f"{len(steps)} {'step' if len(steps) == 1 else 'steps'}, {cuts} {'cut' if cuts == 1 else 'cuts'}"
    first, last = steps[0].size_before, steps[-1].size_after
    if first is None or last is None:
        return f"{made}: about {percent(steps[-1].fraction)} of the search space is left."
    return f"{made}: {last:,} of {first:,} combinations are left ({percent(steps[-1].fraction)})."


def _strength(step: ReductionStep, found: Evidence) -> str:
    odds = "p < 0.0001" if found.p_value < 1e-4 else f"p = {found.p_value:.2g}"
    count = found.n_with + found.n_without
    return f"{step.method.capitalize()} {found.coefficient:.2f} ({odds}, {_trials(count)})"


def _medians(found: Evidence) -> list[str]:
    having = f"Median objective {number(found.median_with)} in {_trials(found.n_with)} with it,"
    return [having, f"{number(found.median_without)} in {found.n_without:,} without."]


def _left(step: ReductionStep) -> str:
    if step.size_before is None or step.size_after is None:
        return f"About {percent(step.fraction)} of the space is left."
    return f"{step.size_before:,} combinations became {step.size_after:,}."


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"
