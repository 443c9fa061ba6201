"""Which hyperparameters the objective depends on, estimated from the trials of a search.

The differences between trials are shared out as a functional analysis of variance does (Hutter et al., An Efficient
Approach for Assessing Hyperparameter Importance, 2014): over the whole search space, whichever trials were chosen, so
and so much is what each hyperparameter does alone, what two do together, and a rest, which is chance or more
complicated. Around the best trial it is said what would come of changing one hyperparameter alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.anova_gp import Components, Part, Rows
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

LEAST = 10  # judged trials before anything is said
MOST = 200  # trials looked at; more are thinned evenly
FAR = 3.0  # a trial counts as no further above the median than so many times the median's distance from the best
CLEAR = (
    2.5  # deviations by which the best and the worst of a hyperparameter's values differ clearly
)
WORSE = 1.0  # deviations by which a value is taken for worse than another,
SLIGHT = 0.1  # unless the two differ by less than this share of the deviation of all objectives
SMALL = 0.05  # a share that hardly matters
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Judged = tuple[
    Parameters, float | None
]  # complete parameters and objective; None where it diverged


@dataclass(frozen=True)
class Effect:
    """One hyperparameter. `share`: of the differences between trials, that it accounts for alone.

    `values`, in order, with the objective expected of the best trial with that value alone changed, and its standard
    deviation. `best`: the value of which least is expected; `alike`: those that cannot be told to be worse, from first
    to last where they are numbers. `is_clear`: it makes a difference beyond chance, whatever the others are or with
    those of the best trial. `end`: "low" or "high" where the best value is the last number on that side, and further
    inside it is worse.
    """

    name: str
    share: float
    values: tuple[Value, ...]
    expected: tuple[float, ...]
    deviation: tuple[float, ...]
    best: Value
    alike: tuple[Value, ...]
    is_clear: bool
    end: str | None

    @property
    def is_idle(self) -> bool:
        """It makes no difference that could be told, and hardly one that could not."""
        return not self.is_clear and self.share < SMALL


@dataclass(frozen=True)
class Influence:
    """All hyperparameters, the most telling first. `trials`: looked at; `best`: the parameters of the best of them.

    `together`: the share of each pair, largest first; `rest`: that of chance, or of what takes more than two.
    """

    trials: int
    best: Parameters
    effects: tuple[Effect, ...]
    together: tuple[tuple[str, str, float], ...]
    rest: float


def influence(space: SearchSpace, judged: Sequence[Judged]) -> Influence | None:
    """What the trials tell; None with fewer than LEAST, where none differs, or where nothing is searched."""
    judged = thinned(judged)
    objectives = steadied([objective for _, objective in judged])
    if (
        len(judged) < LEAST
        or not space.searched
        or objectives.std() <= 1e-9 * np.abs(objectives).max()
    ):
        return None
    middle, scale = float(objectives.mean()), float(objectives.std())
    model = Components(
        space, [parameters for parameters, _ in judged], (objectives - middle) / scale
    )
    alone, together = model.variances
    whole = float(alone.sum() + together.sum()) + model.rest
    best = judged[int(np.argmin(objectives))][0]
    effects = [
        _effect(model, number, float(variance) / whole, best, (middle, scale))
        for number, variance in enumerate(alone)
    ]
    names = [effect.name for effect in effects]
    pairs = [
        (names[a], names[b], float(share) / whole)
        for (a, b), share in zip(model.pairs, together, strict=True)
    ]
    return Influence(
        len(judged),
        best,
        tuple(sorted(effects, key=lambda effect: -effect.share)),
        tuple(sorted(pairs, key=lambda pair: -pair[2])),
        model.rest / whole,
    )


def thinned(judged: Sequence[Judged]) -> Sequence[Judged]:
    """At most MOST of them."""
    return [judged[place] for place in some([objective for _, objective in judged], MOST)]


def some(objectives: Sequence[float | None], most: int) -> list[int]:
    """Places of at most so many, evenly, and that of the best in any case."""
    if len(objectives) <= most:
        return list(range(len(objectives)))
    known = {
        place: one for place, one in enumerate(objectives) if one is not None and isfinite(one)
    }
    evenly = np.linspace(0, len(objectives) - 1, most - 1).round().astype(int).tolist()
    return sorted({*evenly, min(known, key=lambda place: known[place], default=0)})


def steadied(objectives: Sequence[float | None]) -> Floats:
    """Objectives in which what is far worse than usual, or diverged, is no worse than the limit."""
    known = [found for found in objectives if found is not None and isfinite(found)]
    if not known:
        return np.zeros(len(objectives))
    most = limit(known)
    found = [most if one is None or not isfinite(one) else min(one, most) for one in objectives]
    return np.array(found, np.float64)


def limit(objectives: Sequence[float]) -> float:
    """What is worse counts as this. None is too bad where half of all are the best."""
    middle, best = float(np.median(objectives)), min(objectives)
    return middle + FAR * (middle - best) if middle > best else max(objectives)


def _effect(
    model: Components, number: int, share: float, best: Parameters, units: tuple[float, float]
) -> Effect:
    part, (middle, scale) = model.parts[number], units
    mean, covariance = model.predict(_around(model, number, best))
    lowest = int(np.argmin(mean))
    is_worse = (_by(mean, covariance, lowest) >= WORSE) & (mean - mean[lowest] >= SLIGHT)
    return Effect(
        name=part.dimension.name,
        share=share,
        values=tuple(part.values),
        expected=tuple((middle + scale * mean).tolist()),
        deviation=tuple((scale * np.sqrt(np.maximum(np.diag(covariance), 0.0))).tolist()),
        best=part.values[lowest],
        alike=_alike(part, is_worse, lowest),
        is_clear=_is_clear(*model.alone(number)) or _is_clear(mean, covariance),
        end=_end(part, is_worse, lowest),
    )


def _around(model: Components, number: int, best: Parameters) -> Rows:
    """The best trial with one hyperparameter at each of its values, as if it played a part there in any case."""
    part = model.parts[number]
    rows = model.seen([{**best, part.dimension.name: value} for value in part.values])
    rows.active[number] = 1.0
    rows.places[number][:] = part.grid
    return rows


def _by(mean: Floats, covariance: Floats, lowest: int) -> Floats:
    """By how many standard deviations each place is worse than the lowest."""
    variance = np.diag(covariance) + covariance[lowest, lowest] - 2 * covariance[lowest]
    return np.asarray((mean - mean[lowest]) / np.sqrt(np.maximum(variance, 1e-12)))


def _is_clear(mean: Floats, covariance: Floats) -> bool:
    """Whether the worst of a hyperparameter's values is worse than the best beyond chance."""
    return float(_by(mean, covariance, int(np.argmin(mean)))[int(np.argmax(mean))]) >= CLEAR


def _alike(part: Part, is_worse: Flags, lowest: int) -> tuple[Value, ...]:
    """The values that are not worse: of numbers those around the lowest, from one to the next."""
    if not part.is_ordered:
        return tuple(value for value, worse in zip(part.values, is_worse, strict=True) if not worse)
    first = last = lowest
    while first > 0 and not is_worse[first - 1]:
        first -= 1
    while last < len(part.values) - 1 and not is_worse[last + 1]:
        last += 1
    return tuple(part.values[first : last + 1])


def _end(part: Part, is_worse: Flags, lowest: int) -> str | None:
    """The side on which the best value is the last, a fourth of the way in is worse, and further out is possible."""
    count = len(part.values)
    if not part.is_ordered or count < 3 or lowest not in (0, count - 1):
        return None
    row, inside = part.dimension.catalogue[part.dimension.name], max(1, (count - 1) // 4)
    if lowest == 0:
        return "low" if is_worse[inside] and float(part.values[0]) > row.low else None
    return "high" if is_worse[count - 1 - inside] and float(part.values[-1]) < row.high else None
