"""Reduction: random combinations of a search space that shrinks while it is searched, as in Talos.

A step comes after every `interval` ended trials. It considers the last `window` of them that lie
in what is left of the space. For every listed value, and for the lower and the upper third of a
range, a coefficient says how strongly having it goes with a worse objective. Of those that reach
the threshold, the one with the lowest p-value is dropped for good.

Differences from Talos: a hyperparameter is judged by the trials in which it is active, and a
coefficient by the number of trials behind it. Nothing is dropped with fewer than
MIN_TRIALS_PER_GROUP trials that have it or have it not, nothing that the best of these trials has,
and never a last value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, prod
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.reduction.correlation import coefficient, p_value
from app.domain.reduction.cuts import Cut, keep_values, kept_values, possible_cuts
from app.domain.search_space.catalogue import Value
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

DEFAULT_MIN_INTERVAL = 4  # trials
DEFAULT_N_STEPS = 20  # of a whole search, unless its interval becomes too short
MIN_TRIALS_PER_GROUP = 2


class EndedTrial(NamedTuple):
    """A trial that has ended; `objective` is None where it failed."""

    parameters: Parameters
    objective: float | None


@dataclass(frozen=True)
class Reduction:
    """How a space is reduced.

    `method`: one of correlation.METHODS; `interval`: ended trials between two steps; `window`:
    trials that a step considers, None for all; `threshold`: the coefficient needed for a cut.
    """

    method: str = "spearman"
    interval: int = DEFAULT_MIN_INTERVAL
    window: int | None = None
    threshold: float = 0.3


@dataclass(frozen=True)
class Evidence:
    """What spoke most against a value: the coefficient, its p-value, and the two groups of trials.

    `dropped`: a listed value, or a third of a range from its lowest to its highest value; `kept`:
    the values left, or the two ends of the range that is left. `n_with` trials have what is
    dropped, `n_without` have it not. The medians are those of the objective: lower is better.
    """

    parameter: str
    dropped: tuple[Value, ...]
    kept: tuple[Value, ...]
    coefficient: float
    p_value: float
    n_with: int
    n_without: int
    median_with: float
    median_without: float


@dataclass(frozen=True)
class ReductionStep:
    """One step.

    `n_finished`: trials that had ended by then; `n_considered`: those among them it judged by.
    `evidence`: None where no value had enough trials; `is_cut`: whether it was enough to drop it.
    Sizes count combinations, and are None in a continuous space. `fraction`: how much of the whole
    space is left afterwards.
    """

    number: int
    n_finished: int
    n_considered: int
    method: str
    evidence: Evidence | None
    is_cut: bool
    size_before: int | None
    size_after: int | None
    fraction: float


@dataclass(frozen=True)
class ReductionState:
    """A search's reduction and the steps taken, which stand whatever becomes of the trials."""

    reduction: Reduction = Reduction()
    steps: tuple[ReductionStep, ...] = ()


def usual_interval(trials: int) -> int:
    """The interval for a search of so many trials, so that the space is not reduced too soon."""
    trials_per_step = trials / DEFAULT_N_STEPS
    interval = ceil(trials_per_step)
    return max(DEFAULT_MIN_INTERVAL, interval)


def reduced_space(space: SearchSpace, steps: Sequence[ReductionStep]) -> SearchSpace:
    """What is left of a space after these steps."""
    dimensions = dict(space.dimensions)
    for step in steps:
        if not step.is_cut or step.evidence is None:
            continue
        name = step.evidence.parameter
        if name in dimensions:
            dimensions[name] = keep_values(dimensions[name], step.evidence.kept)
    return SearchSpace(dimensions, space.catalogue)


def take_due_steps(
    space: SearchSpace, state: ReductionState, ended: Sequence[EndedTrial]
) -> ReductionState:
    """Take every step that is due by now, each with the trials that had to have ended by then.

    `ended`: in order of number. A step that was taken stands, even if trials before it change.
    """
    reduction = state.reduction
    steps = list(state.steps)
    number = len(steps) + 1
    due = reduction.interval * number
    while due <= len(ended):
        ended_by_then = ended[:due]
        step = _take_step(space, steps, ended_by_then, reduction)
        steps.append(step)
        due += reduction.interval
    return replace(state, steps=tuple(steps))


class _ConsideredTrial(NamedTuple):
    """A trial's active searched values, and its objective: that of the worst if it failed."""

    values: Mapping[str, Value]
    objective: float


class _WeighedCut(NamedTuple):
    cut: Cut
    evidence: Evidence


def _take_step(
    space: SearchSpace,
    steps: Sequence[ReductionStep],
    ended: Sequence[EndedTrial],
    reduction: Reduction,
) -> ReductionStep:
    left = reduced_space(space, steps)
    trials = _considered_trials(left, ended, reduction.window)
    size = left.size()
    step = ReductionStep(
        number=len(steps) + 1,
        n_finished=len(ended),
        n_considered=len(trials),
        method=reduction.method,
        evidence=None,
        is_cut=False,
        size_before=size,
        size_after=size,
        fraction=steps[-1].fraction if steps else 1.0,
    )
    strongest = _strongest_cut(space, left, trials, reduction)
    if strongest is None:
        return step
    cut, evidence = strongest
    step = replace(step, evidence=evidence)
    if evidence.coefficient < reduction.threshold:
        return step
    step = replace(step, is_cut=True)
    after = reduced_space(space, [*steps, step])
    fraction = _remaining_fraction(space, left, after, step.fraction, cut)
    return replace(step, size_after=after.size(), fraction=fraction)


def _considered_trials(
    left: SearchSpace, ended: Sequence[EndedTrial], window: int | None
) -> list[_ConsideredTrial]:
    """The last trials inside a space, in order of number; none where none has an objective."""
    latest: list[tuple[Mapping[str, Value], float | None]] = []
    for parameters, objective in reversed(ended):
        if _is_inside(left, parameters):
            if objective is not None and not isfinite(objective):
                objective = None
            values = left.searched_values(parameters)
            latest.append((values, objective))
        if len(latest) == window:
            break
    objectives = [objective for _, objective in latest if objective is not None]
    if not objectives:
        return []
    worst = max(objectives)
    trials = []
    for active_values, objective in reversed(latest):
        if objective is None:
            objective = worst
        trials.append(_ConsideredTrial(active_values, objective))
    return trials


def _is_inside(left: SearchSpace, parameters: Parameters) -> bool:
    """Whether every active value of a trial is one of those left."""
    for name, dimension in left.dimensions.items():
        if name not in parameters or not left.is_active(name, parameters):
            continue
        if not dimension.contains(parameters[name]):
            return False
    return True


def _strongest_cut(
    space: SearchSpace, left: SearchSpace, trials: Sequence[_ConsideredTrial], reduction: Reduction
) -> _WeighedCut | None:
    """The cut with the most evidence; None where there is none for any."""
    weighed: list[_WeighedCut] = []
    for cut in possible_cuts(space, left):
        evidence = _evidence_for(cut, trials, reduction.method)
        if evidence is not None:
            weighed.append(_WeighedCut(cut, evidence))

    def strength(row: _WeighedCut) -> tuple[bool, float, float]:
        """How much evidence weighs: first whether its coefficient suffices, then its p-value."""
        correlation = row.evidence.coefficient
        is_sufficient = correlation >= reduction.threshold
        return is_sufficient, -row.evidence.p_value, correlation

    return max(weighed, key=strength, default=None)


def _evidence_for(cut: Cut, trials: Sequence[_ConsideredTrial], method: str) -> Evidence | None:
    """What speaks for a cut.

    None with too few trials, with equal objectives, or where the best trial has what is dropped.
    """
    name = cut.kept.name
    active = [trial for trial in trials if name in trial.values]
    has_dropped = np.array(
        [not cut.kept.contains(trial.values[name]) for trial in active],
        dtype=np.bool_,
    )
    objectives: NDArray[np.float64] = np.array(
        [trial.objective for trial in active],
        dtype=np.float64,
    )
    n_with = int(has_dropped.sum())
    n_without = int((~has_dropped).sum())
    if min(n_with, n_without) < MIN_TRIALS_PER_GROUP:
        return None
    correlation = coefficient(method, has_dropped, objectives)
    objectives_with = objectives[has_dropped]
    best = min(trial.objective for trial in trials)
    if not isfinite(correlation) or objectives_with.min() <= best:
        return None
    return Evidence(
        parameter=name,
        dropped=cut.dropped,
        kept=kept_values(cut.kept),
        coefficient=correlation,
        p_value=p_value(method, has_dropped, objectives, correlation),
        n_with=n_with,
        n_without=n_without,
        median_with=median(objectives_with.tolist()),
        median_without=median(objectives[~has_dropped].tolist()),
    )


def _remaining_fraction(
    space: SearchSpace, left: SearchSpace, after: SearchSpace, fraction: float, cut: Cut
) -> float:
    """How much of the whole space is left after a cut; `fraction`: how much before it.

    Counted where it can be, otherwise by how likely a random draw has what was dropped.
    """
    whole_size = space.size()
    size_after = after.size()
    if whole_size is not None and size_after is not None:
        return size_after / whole_size
    weights: list[float] = []
    active_weights: list[float] = []
    for branch in left.branches:
        groups = branch.groups.values()
        weight = prod(group.count / group.dimension.count for group in groups)
        weights.append(weight)
        if cut.kept.name in branch.active:
            active_weights.append(weight)
    dropped_fraction = cut.fraction * sum(active_weights) / sum(weights)
    return fraction * (1 - dropped_fraction)
