"""Reduction: a search space is thinned while random combinations of it are tried, as Talos does it.

After every `interval` ended trials one looks at the last `window` of them that lie in what is left of the space. For
every value of a choice, and for the lower and the upper third of a range, a coefficient says how strongly having it
goes with a worse objective. Of those that reach the threshold, the one least likely by chance is dropped for good.
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

from app.domain.reduction.correlation import chance, coefficient
from app.domain.search_space.branches import cases
from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

SHORTEST = 4  # trials between two looks, unless someone wants it shorter
LOOKS = 20  # that a search is long enough for, unless that makes the interval shorter
LEAST = 2  # trials that have what is to be dropped, and trials that have it not
NARROWEST = 0.01  # of a continuous range's first width: it is not cut any further
Ended = tuple[
    Parameters, float | None
]  # an ended trial: its parameters and objective; None where it failed


@dataclass(frozen=True)
class Reduction:
    """When and how to look. `interval`: ended trials between two looks; `window`: trials looked at, None for all.

    `method`: one of correlation.METHODS; `threshold`: the least coefficient that drops something.
    """

    method: str = "spearman"
    interval: int = SHORTEST
    window: int | None = None
    threshold: float = 0.3


@dataclass(frozen=True)
class Evidence:
    """What spoke against a value most: the coefficient, its chance, and the two groups of trials.

    `dropped` is the value of a choice, or a third of a range from its lowest to its highest value; `kept` are the
    values left, or the two ends of the range that is left. Medians are those of the objective, lower is better.
    """

    parameter: str
    dropped: tuple[Value, ...]
    kept: tuple[Value, ...]
    coefficient: float
    chance: float
    having: int
    others: int
    median_having: float
    median_others: float


@dataclass(frozen=True)
class Look:
    """One look. `ended`: trials ended by then; sizes count combinations, None where there are endless many.

    `share`: of the whole space that is left after it. `evidence` is None where no value had enough trials.
    """

    number: int
    ended: int
    looked_at: int
    method: str
    evidence: Evidence | None
    is_cut: bool
    size_before: int | None
    size_after: int | None
    share: float


@dataclass(frozen=True)
class Thinning:
    """A search's reduction and the looks there have been, which stand whatever becomes of the trials."""

    reduction: Reduction = Reduction()
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True)
class _Part:
    """Something that could be dropped of a dimension, and what would be left of it."""

    kept: Dimension
    dropped: tuple[Value, ...]
    share: float  # of the dimension


def usual_interval(trials: int) -> int:
    """Trials between two looks for a search of so many: a twentieth of them, so that it is not over too soon."""
    return max(SHORTEST, ceil(trials / LOOKS))


def thinned(space: SearchSpace, looks: Sequence[Look]) -> SearchSpace:
    """What is left of a space after these looks."""
    dimensions = dict(space.dimensions)
    for look in looks:
        if look.is_cut and look.evidence is not None and look.evidence.parameter in dimensions:
            name = look.evidence.parameter
            dimensions[name] = _kept(dimensions[name], look.evidence.kept)
    return SearchSpace(dimensions, space.catalogue)


def looked(space: SearchSpace, thinning: Thinning, ended: Sequence[Ended]) -> Thinning:
    """The same with every look that is due by now, each at the trials that had to have ended by then.

    ended: trials in order; those before a look must not change it, so looks that were made are never made again.
    """
    looks = list(thinning.looks)
    while (due := thinning.reduction.interval * (len(looks) + 1)) <= len(ended):
        looks.append(_look(space, looks, ended[:due], thinning.reduction))
    return replace(thinning, looks=tuple(looks))


def _look(
    space: SearchSpace, looks: Sequence[Look], ended: Sequence[Ended], reduction: Reduction
) -> Look:
    left = thinned(space, looks)
    rows = _inside(left, ended, reduction.window)
    strongest: tuple[Evidence, _Part] | None = None
    for name, part in _parts(space, left):
        found = _evidence(name, part, rows, reduction.method)
        if found and (
            strongest is None or _weight(found, reduction) > _weight(strongest[0], reduction)
        ):
            strongest = found, part
    share = looks[-1].share if looks else 1.0
    size = left.size()
    plain = Look(
        len(looks) + 1, len(ended), len(rows), reduction.method, None, False, size, size, share
    )
    if strongest is None:
        return plain
    evidence, part = strongest
    plain = replace(plain, evidence=evidence)
    if evidence.coefficient < reduction.threshold:
        return plain
    after = thinned(space, [*looks, replace(plain, is_cut=True)])
    return replace(
        plain, is_cut=True, size_after=after.size(), share=_share(space, left, after, share, part)
    )


def _weight(found: Evidence, reduction: Reduction) -> tuple[bool, float, float]:
    """How much evidence weighs: enough of a coefficient first, then how unlikely it is by chance."""
    return found.coefficient >= reduction.threshold, -found.chance, found.coefficient


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
            found.append((left.varying(parameters), value))
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
    odds = chance(method, having, values, found)
    groups = (int(having.sum()), int((~having).sum()))
    medians = (median(values[having].tolist()), median(values[~having].tolist()))
    return Evidence(name, part.dropped, _values(part.kept), found, odds, *groups, *medians)


def _parts(space: SearchSpace, left: SearchSpace) -> Iterator[tuple[str, _Part]]:
    """Everything that could be dropped without emptying the space, by hyperparameter."""
    for dimension in left.searched:
        first = space.dimensions[dimension.name]
        for part in _choices(dimension) if dimension.is_listed else _ends(dimension, first):
            if any(cases({**left.dimensions, dimension.name: part.kept}, left.catalogue)):
                yield dimension.name, part


def _choices(dimension: Dimension) -> Iterator[_Part]:
    for value in dimension.values:
        left = tuple(other for other in dimension.values if other is not value)
        yield _Part(_kept(dimension, left), (value,), 1 / dimension.count)


def _ends(dimension: Dimension, first: Dimension) -> Iterator[_Part]:
    """The lower and the upper third of a range on its scale, at least one value and never all."""
    if dimension.step is None:
        if abs(first.share(dimension.high) - first.share(dimension.low)) < NARROWEST:
            return
        lower, upper = dimension.at(1 / 3), dimension.at(2 / 3)
        yield _Part(_kept(dimension, (lower, dimension.high)), (dimension.low, lower), 1 / 3)
        yield _Part(_kept(dimension, (dimension.low, upper)), (upper, dimension.high), 1 / 3)
        return
    last = dimension.count - 1
    low = min(max(1, dimension.place_of(dimension.at(1 / 3))), last)
    high = max(min(last - 1, dimension.place_of(dimension.at(2 / 3))), 0)
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


def _share(
    space: SearchSpace, left: SearchSpace, after: SearchSpace, share: float, part: _Part
) -> float:
    """How much of the whole space is left: counted where it can be, else by how likely a draw has what was dropped."""
    sizes = space.size(), after.size()
    if sizes[0] is not None and sizes[1] is not None:
        return sizes[1] / sizes[0]
    likely = [
        prod(alike.count / alike.dimension.count for alike in case.deciding.values())
        for case in left.cases
    ]
    active = [
        weight
        for weight, case in zip(likely, left.cases, strict=True)
        if part.kept.name in case.counted
    ]
    return share * (1 - part.share * sum(active) / sum(likely))
