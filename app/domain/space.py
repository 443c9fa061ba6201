"""The search space: which hyperparameters vary, over what, and under which conditions."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from app.domain.dimensions import Dimension, DimensionError, parse_dimension
from app.domain.hyperparameters import CATALOGUE, Parameters, Problem, Value, complete, is_active, problems

TRIES = 2000  # samples drawn before a space is said to hold no possible combination
ENUMERATED = 100_000  # combinations of deciding hyperparameters that are counted one by one
DECIDING = ("stateful", "shuffle", "output_activation", "scaling")  # they can make a combination impossible


class SpaceError(ValueError):
    """All that is wrong with a search space."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in found))
        self.problems = found


class SearchSpace:
    """Dimensions by name, in an order in which each comes after those its condition names.

    A hyperparameter that is not in the space, or whose condition does not hold, has its default.
    """

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        self.dimensions = dict(dimensions)

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> "SearchSpace":
        """The space of a JSON document. Raises SpaceError with every problem at its hyperparameter."""
        found: list[Problem] = []
        dimensions: dict[str, Dimension] = {}
        for name, entry in document.items():
            if name not in CATALOGUE:
                found.append(Problem(str(name)[:60], f'There is no hyperparameter "{str(name)[:60]}".'))
                continue
            try:
                dimensions[name] = parse_dimension(name, entry)
            except DimensionError as error:
                found.append(Problem(name, str(error)))
        if found:
            raise SpaceError(found)
        space = cls(_ordered(dimensions))
        space._refuse_if_impossible()
        return space

    def document(self) -> dict[str, object]:
        """JSON that parses to this space again."""
        return {name: self.dimensions[name].document() for name in CATALOGUE if name in self.dimensions}

    @property
    def searched(self) -> list[Dimension]:
        """The dimensions that can differ between trials, conditions first."""
        return [dimension for dimension in self.dimensions.values() if dimension.is_searched]

    @property
    def continuous(self) -> list[str]:
        """Names of the dimensions with endless many values."""
        return [dimension.name for dimension in self.searched if dimension.is_continuous]

    def is_active(self, name: str, values: Mapping[str, object]) -> bool:
        """Whether a dimension plays a part, given the values of those before it."""
        if not is_active(name, values):
            return False
        when = self.dimensions[name].when or {}
        return all(self._holds(other, allowed, values) for other, allowed in when.items())

    def settle(self, values: Mapping[str, object]) -> Parameters | None:
        """Complete parameters from the values of the active dimensions; None where they are impossible together."""
        parameters = complete(values)
        return None if problems(parameters) else parameters

    def sample(self, generator: np.random.Generator) -> Parameters:
        """One possible combination, drawn evenly on each dimension's scale."""
        for _ in range(TRIES):
            found = self.settle(self._draw(generator))
            if found is not None:
                return found
        raise SpaceError([Problem("", "Hardly any combination of this search space is possible.")])

    def size(self) -> int | None:
        """How many possible combinations there are; None where a dimension has endless many values.

        Exact unless more than 100,000 combinations of the hyperparameters that decide about others would have
        to be looked at; then the impossible ones are counted too.
        """
        if self.continuous:
            return None
        deciding = self._deciding()
        if math.prod(max(1, self.dimensions[name].count) for name in deciding) > ENUMERATED:
            return math.prod(max(1, dimension.count) for dimension in self.searched)
        return sum(self._free_combinations(values, deciding) for values in self._walk(deciding))

    def grid(self) -> Iterator[Parameters]:
        """Every possible combination once, the last dimensions varying fastest. The space must be countable."""
        if self.continuous:
            raise SpaceError([Problem(name, f"{name} has endless many values.") for name in self.continuous])
        for values in self._walk(list(self.dimensions)):
            found = self.settle(values)
            if found is not None:
                yield found

    def contains(self, parameters: Mapping[str, object]) -> bool:
        """Whether complete parameters belong to this space."""
        if problems(parameters) or complete(parameters) != dict(parameters):
            return False
        for name, value in complete(parameters).items():
            dimension = self.dimensions.get(name)
            if dimension is not None and self.is_active(name, parameters):
                if not dimension.contains(value):
                    return False
            elif value != CATALOGUE[name].default:
                return False
        return True

    def varying(self, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """The searched values among complete parameters."""
        return {
            dimension.name: parameters[dimension.name]
            for dimension in self.searched
            if dimension.name in parameters and self.is_active(dimension.name, parameters)
        }

    def _refuse_if_impossible(self) -> None:
        generator = np.random.default_rng(0)
        draws = (self._draw(generator) for _ in range(TRIES))
        if any(self.settle(values) is not None for values in draws):
            return
        reasons = problems(complete(self._draw(generator)))
        message = reasons[0].message if reasons else "No combination of this search space is possible."
        raise SpaceError([Problem(reasons[0].name if reasons else "", message)])

    def _draw(self, generator: np.random.Generator) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            if self.is_active(name, values):
                values[name] = dimension.sample(generator)
        return values

    def _walk(self, names: list[str], values: dict[str, Value] | None = None) -> Iterator[dict[str, Value]]:
        """Every combination of the dimensions named, leaving out those inactive under what was chosen before."""
        values = values or {}
        if not names:
            yield dict(values)
            return
        name, rest = names[0], names[1:]
        if not self.is_active(name, values):
            yield from self._walk(rest, values)
            return
        dimension = self.dimensions[name]
        for place in range(dimension.count):
            yield from self._walk(rest, {**values, name: dimension.value_at(place)})

    def _deciding(self) -> list[str]:
        parents = {other for dimension in self.dimensions.values() for other in dimension.when or {}}
        required = {row.requires[0] for row in CATALOGUE.values() if row.requires}
        return [name for name in self.dimensions if name in parents | required | set(DECIDING)]

    def _free_combinations(self, values: Mapping[str, object], deciding: list[str]) -> int:
        if self.settle(values) is None:
            return 0
        free = [name for name in self.dimensions if name not in deciding and self.is_active(name, values)]
        return math.prod(self.dimensions[name].count for name in free)

    def _holds(self, other: str, allowed: tuple[Value, ...], values: Mapping[str, object]) -> bool:
        if other in self.dimensions and not self.is_active(other, values):
            return False
        return is_active(other, values) and values.get(other, CATALOGUE[other].default) in allowed


def preview(space: SearchSpace, generator: np.random.Generator, count: int = 3) -> list[dict[str, Value]]:
    """A few configurations of the space, only what varies."""
    return [space.varying(space.sample(generator)) for _ in range(count)]


def size_text(space: SearchSpace) -> str:
    """How large a space is, in words."""
    size = space.size()
    if size is None:
        names = ", ".join(space.continuous)
        return f"endless many combinations ({names})"
    return "1 combination" if size == 1 else f"{size:,} combinations"


def first_combinations(space: SearchSpace, count: int) -> list[Parameters]:
    """The first combinations of a countable space."""
    return list(islice(space.grid(), count))


def _ordered(dimensions: Mapping[str, Dimension]) -> dict[str, Dimension]:
    """Each dimension after those it depends on. Raises SpaceError for a circle."""
    done: dict[str, Dimension] = {}
    waiting = [name for name in CATALOGUE if name in dimensions]
    while waiting:
        ready = [name for name in waiting if not (_depends_on(dimensions[name]) & set(waiting))]
        if not ready:
            why = "Conditions go in a circle: " + ", ".join(waiting)
            raise SpaceError([Problem(name, why) for name in waiting])
        for name in ready:
            done[name] = dimensions[name]
        waiting = [name for name in waiting if name not in done]
    return done


def _depends_on(dimension: Dimension) -> set[str]:
    requires = CATALOGUE[dimension.name].requires
    return set(dimension.when or {}) | ({requires[0]} if requires else set())
