"""The steps of the reduction strategy in words, for the page of an experiment."""

from dataclasses import dataclass

from app.domain.reduction.steps import Evidence, ReductionState, ReductionStep
from app.services.wording import count_nouns
from app.web.formats import number, percent, value

MAX_SHOWN_NAME_LENGTH = 40  # characters of a hyperparameter's name or value that are shown
MIN_WRITTEN_P_VALUE = 1e-4  # a smaller one is only said to be smaller


@dataclass(frozen=True)
class ReductionText:
    """How a search space was reduced.

    `steps`: how many there were; `cuts`: the sentences of each step that dropped something, newest
    first; `quiet`: those of the last step if it dropped nothing.
    """

    steps: int
    summary: str
    cuts: list[list[str]]
    quiet: list[str]


def describe_reduction(reduction_state: ReductionState) -> ReductionText:
    """Describe all cuts, and the last step where it dropped nothing."""
    steps = reduction_state.steps
    cuts = []
    for step in reversed(steps):
        if step.is_cut:
            cuts.append(step_text(step, reduction_state))
    quiet: list[str] = []
    if steps and not steps[-1].is_cut:
        quiet = step_text(steps[-1], reduction_state)
    return ReductionText(
        steps=len(steps),
        summary=_summary(reduction_state, len(cuts)),
        cuts=cuts,
        quiet=quiet,
    )


def step_text(step: ReductionStep, reduction_state: ReductionState) -> list[str]:
    """Say what a step dropped or why it dropped nothing, on which evidence, and what is left."""
    start = f"After {count_nouns(step.n_finished, 'trial')}"
    evidence = step.evidence
    if evidence is None:
        considered = count_nouns(step.n_considered, "trial")
        return [
            f"{start} nothing was dropped: "
            f"too few of the last {considered} share a value, or they are all alike."
        ]
    strength = _strength_text(step, evidence)
    dropped = dropped_text(evidence)
    if not step.is_cut:
        threshold = reduction_state.reduction.threshold
        return [
            f"{start} nothing was dropped.",
            f"Strongest was {strength} for {dropped}; {threshold:g} is needed.",
        ]
    return [
        f"{start}: {dropped} dropped.",
        f"{strength}.",
        *_median_texts(evidence),
        _size_text(step),
    ]


def dropped_text(evidence: Evidence) -> str:
    """Name the values that a step was about: `units_1 = 8`, or a third of a range."""
    parameter = _shorten(evidence.parameter)
    dropped = [_shorten(value(choice)) for choice in evidence.dropped]
    first = dropped[0]
    last = dropped[-1]
    if first == last:
        return f"{parameter} = {first}"
    return f"{parameter} from {first} to {last}"


def _shorten(text: str) -> str:
    return text[:MAX_SHOWN_NAME_LENGTH]


def _summary(reduction_state: ReductionState, n_cuts: int) -> str:
    steps = reduction_state.steps
    if not steps:
        interval = reduction_state.reduction.interval
        trials = count_nouns(interval, "trial")
        return f"The first step comes after {trials}."
    step_count = count_nouns(len(steps), "step")
    cut_count = count_nouns(n_cuts, "cut")
    done = f"{step_count}, {cut_count}"
    last = steps[-1]
    left = percent(last.fraction)
    size_before = steps[0].size_before
    size_after = last.size_after
    if size_before is None or size_after is None:
        return f"{done}: about {left} of the search space is left."
    return f"{done}: {size_after:,} of {size_before:,} combinations are left ({left})."


def _strength_text(step: ReductionStep, evidence: Evidence) -> str:
    p_value = _p_value_text(evidence.p_value)
    n_trials = evidence.n_with + evidence.n_without
    trials = count_nouns(n_trials, "trial")
    method = step.method.capitalize()
    coefficient = f"{evidence.coefficient:.2f}"
    return f"{method} {coefficient} ({p_value}, {trials})"


def _p_value_text(p_value: float) -> str:
    if p_value < MIN_WRITTEN_P_VALUE:
        return "p < 0.0001"
    return f"p = {p_value:.2g}"


def _median_texts(evidence: Evidence) -> list[str]:
    trials_with = count_nouns(evidence.n_with, "trial")
    median_with = number(evidence.median_with)
    median_without = number(evidence.median_without)
    return [
        f"Median objective {median_with} in {trials_with} with it,",
        f"{median_without} in {evidence.n_without:,} without.",
    ]


def _size_text(step: ReductionStep) -> str:
    size_before = step.size_before
    size_after = step.size_after
    if size_before is None or size_after is None:
        left = percent(step.fraction)
        return f"About {left} of the space is left."
    return f"{size_before:,} combinations became {size_after:,}."
