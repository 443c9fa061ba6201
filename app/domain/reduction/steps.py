"""Reduction: a search space is thinned while random combinations of it are tried, as Talos does it.

A step comes after every `interval` finished trials: it considers the last `window` of them that lie in what is left of
the space. For every value of a choice, and for the lower and the upper third of a range, a coefficient says how
strongly having it goes with a worse objective. Of those that reach the threshold, the one least likely by chance is
dropped for good.
Differences to Talos: a hyperparameter is judged by the trials in which it is active, and a coefficient by the number
of trials behind it; nothing is dropped on fewer than LEAST trials on either side, nothing that the best of these trials
has, and never a last value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, prod
from statistics import median

import numpy as np
from numpy.typing import NDArray

from app.domain.reduction.correlation import coefficient, p_value
from app.domain.search_space.branches import enumerate_branches
from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

SHORTEST = 4  # trials between two steps, unless someone wants it shorter
DEFAULT_STEPS = 20  # in a whole search, unless that makes the interval shorter than SHORTEST
LEAST = 2  # trials that have what is to be dropped, and trials that have it not
NARROWEST = 0.01  # of a continuous range's first width: it is not cut any further
Ended = tuple[
    Parameters, float | None
]  # an ended trial: its parameters and objective; None where it failed


@dataclass(frozen=True)
class Reduction:
    """When and how a step is taken. `interval`: finished trials between two steps.

    `window`: trials a step considers, None for all; `method`: one of correlation.METHODS;
    `threshold`: the least coefficient that drops something.
    """

    method: str = "spearman"
    interval: int = SHORTEST
    window: int | None = None
    threshold: float = 0.3


@dataclass(frozen=True)
class Evidence:
    """What spoke against a value most: the coefficient, its p-value, and the two groups of trials.

    `dropped` is the value of a choice, or a third of a range from its lowest to its highest value; `kept` are the
    values left, or the two ends of the range that is left. Medians are those of the objective, lower is better.
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
    """One step. `n_finished`: trials finished by then; `n_considered`: those among them that it judged by.

    Sizes count combinations, None where there are endless many; `fraction`: of the whole space that is left after
    it. `evidence` is None where no value had enough trials.
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
    """A search's reduction and the steps there have been, which stand whatever becomes of the trials."""

    reduction: Reduction = Reduction()
    steps: tuple[ReductionStep, ...] = ()


@dataclass(frozen=True)
class _Part:
    """Something that could be dropped of a dimension, and what would be left of it."""

    kept: Dimension
    dropped: tuple[Value, ...]
    fraction: float  # of the dimension


def usual_interval(trials: int) -> int:
    """Trials between two steps for a search of so many: a twentieth of them, so that it is not over too soon."""
    return max(SHORTEST, ceil(trials / DEFAULT_STEPS))


def reduced_space(space: SearchSpace, steps: Sequence[ReductionStep]) -> SearchSpace:
    """What is left of a space after these steps."""
    dimensions = dict(space.dimensions)
    for step in steps:
        if step.is_cut and step.evidence is not None and step.evidence.parameter in dimensions:
            name = step.evidence.parameter
            dimensions[name] = _kept(dimensions[name], step.evidence.kept)
    return SearchSpace(dimensions, space.catalogue)


def take_due_steps(
    space: SearchSpace, reduction_state: ReductionState, ended: Sequence[Ended]
) -> ReductionState:
    """The same with every step that is due by now, each at the trials that had to have ended by then.

    ended: trials in order; those before a step must not change it, so steps that were taken are never made again.
    """
    steps = list(reduction_state.steps)
    while (due := reduction_state.reduction.interval * (len(steps) + 1)) <= len(ended):
        steps.append(_take_step(space, steps, ended[:due], reduction_state.reduction))
    return replace(reduction_state, steps=tuple(steps))


def _take_step(
    space: SearchSpace, steps: Sequence[ReductionStep], ended: Sequence[Ended], reduction: Reduction
) -> ReductionStep:
    left = reduced_space(space, steps)
    rows = _inside(left, ended, reduction.window)
    strongest: tuple[Evidence, _Part] | None = None
    for name, part in _parts(space, left):
        found = _evidence(name, part, rows, reduction.method)
        if found and (
            strongest is None or _weight(found, reduction) > _weight(strongest[0], reduction)
        ):
            strongest = found, part
    fraction = steps[-1].fraction if steps else 1.0
    size = left.size()
    plain = ReductionStep(
        len(steps) + 1, len(ended), len(rows), reduction.method, None, False, size, size, fraction
    )
    if strongest is None:
        return plain
    evidence, part = strongest
    plain = replace(plain, evidence=evidence)
    if evidence.coefficient < reduction.threshold:
        return plain
    after = reduced_space(space, [*steps, replace(plain, is_cut=True)])
    return replace(
        plain,
        is_cut=True,
        size_after=after.size(),
        fraction=_remaining_fraction(space, left, after, fraction, part),
    )


def _weight(found: Evidence, reduction: Reduction) -> tuple[bool, float, float]:
    """How much evidence weighs: enough of a coefficient first, then how unlikely it is by chance."""
    return found.coefficient >= reduction.threshold, -found.p_value, found.coefficient


def _inside(
    left: SearchSpace, ended: Sequence[Ended], window: int | None
) -> list[tuple[dict[str, Value], float]]:
    """The last trials inside a space, each as its active searched values and its objective.

    A trial that failed or diverged counts as bad as the worst of them; none where no trial has an objective.
    """
    found: list[tuple[dict[str, Value], float | None]] = []
    for parameters, objective in reversed(ended):
        if _lies_in(left, parameters):
            value = objective if objective is not None and isfinite(objective) else None
            found.append((left.searched_values(parameters), value))
        if len(found) == window:
            break
    known = [objective for _, objective in found if objective is not None]
    if not known:
        return []
    return [
        (values, max(known) if objective is None else objective)
        for values, objective in reversed(found)
    ]


def _lies_in(left: SearchSpace, parameters: Parameters) -> bool:
    return all(
        dimension.contains(parameters[name])
        for name, dimension in left.dimensions.items()
        if name in parameters and left.is_active(name, parameters)
    )


def _evidence(
    name: str, part: _Part, rows: Sequence[tuple[Mapping[str, Value], float]], method: str
) -> Evidence | None:
    """What speaks against a part; None with too few trials, where all are equal, or where the best one has it."""
    active = [
        (not part.kept.contains(values[name]), value) for values, value in rows if name in values
    ]
    having = np.array([has for has, _ in active], dtype=np.bool_)
    values: NDArray[np.float64] = np.array([value for _, value in active], dtype=np.float64)
    if having.sum() < LEAST or (~having).sum() < LEAST:
        return None
    found = coefficient(method, having, values)
    if not isfinite(found) or values[having].min() <= min(value for _, value in rows):
        return None
    odds = p_value(method, having, values, found)
    groups = (int(having.sum()), int((~having).sum()))
    medians = (median(values[having].tolist()), median(values[~having].tolist()))
    return Evidence(name, part.dropped, _values(part.kept), found, odds, *groups, *medians)


def _parts(space: SearchSpace, left: SearchSpace) -> Iterator[tuple[str, _Part]]:
    """Everything that could be dropped without emptying the space, by hyperparameter."""
    for dimension in left.searched:
        first = space.dimensions[dimension.name]
        for part in _choices(dimension) if dimension.is_listed else _ends(dimension, first):
            if any(
                enumerate_branches({**left.dimensions, dimension.name: part.kept}, left.catalogue)
            ):
                yield dimension.name, part


def _choices(dimension: Dimension) -> Iterator[_Part]:
    for value in dimension.values:
        left = tuple(other for other in dimension.values if other is not value)
        yield _Part(_kept(dimension, left), (value,), 1 / dimension.count)


def _ends(dimension: Dimension, first: Dimension) -> Iterator[_Part]:
    """The lower and the upper third of a range on its scale, at least one value and never all."""
    if dimension.step is None:
        if abs(first.fraction_of(dimension.high) - first.fraction_of(dimension.low)) < NARROWEST:
            return
        lower, upper = dimension.value_at_fraction(1 / 3), dimension.value_at_fraction(2 / 3)
        yield _Part(_kept(dimension, (lower, dimension.high)), (dimension.low, lower), 1 / 3)
        yield _Part(_kept(dimension, (dimension.low, upper)), (upper, dimension.high), 1 / 3)
        return
    last = dimension.count - 1
    low = min(max(1, dimension.index_of(dimension.value_at_fraction(1 / 3))), last)
    high = max(min(last - 1, dimension.index_of(dimension.value_at_fraction(2 / 3))), 0)
    first_value, last_value = dimension.value_at(0), dimension.value_at(last)
    kept = (dimension.value_at(low), last_value)
    yield _Part(
        _kept(dimension, kept), (first_value, dimension.value_at(low - 1)), low / (last + 1)
    )
    kept = (first_value, dimension.value_at(high))
    yield _Part(
        _kept(dimension, kept),
        (dimension.value_at(high + 1), last_value),
        (last - high) / (last + 1),
    )


def _kept(dimension: Dimension, kept: Sequence[Value]) -> Dimension:
    """A dimension with only these values left, or with this range."""
    if len(set(kept)) == 1:
        return replace(dimension, kind="fixed", values=(kept[0],))
    if dimension.is_listed:
        return replace(dimension, values=tuple(kept))
    low, high = kept
    return replace(dimension, low=float(low), high=float(high))


def _values(dimension: Dimension) -> tuple[Value, ...]:
    """The inverse of `_kept`."""
    return dimension.values if dimension.is_listed else (dimension.low, dimension.high)


def _remaining_fraction(
    space: SearchSpace, left: SearchSpace, after: SearchSpace, fraction: float, part: _Part
) -> float:
    """How much of the whole space is left: counted where it can be, else by how likely a draw has what was dropped."""
    sizes = space.size(), after.size()
    if sizes[0] is not None and sizes[1] is not None:
        return sizes[1] / sizes[0]
    likely = [
        prod(alike.count / alike.dimension.count for alike in case.groups.values())
        for case in left.branches
    ]
    active = [
        weight
        for weight, case in zip(likely, left.branches, strict=True)
        if part.kept.name in case.active
    ]
    return fraction * (1 - part.fraction * sum(active) / sum(likely))
