"""The search space: which hyperparameters vary, over what, and under which conditions."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

import numpy as np

from app.domain.search_space.branches import Case, cases, is_active_in
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, complete, impossible, problems
from app.domain.search_space.parsing import DimensionError, parse_dimension
from app.domain.search_space.problems import Problem, named

TRIES = 100  # draws before the possible combinations are looked for case by case
MAX_CASES = 10_000  # that conditions may tell apart
UNREADABLE = 10**15  # a number so large is said by its order of magnitude


class SpaceError(ValueError):
    """All that is wrong with a search space."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in found))
        self.problems = found


class SearchSpace:
    """Dimensions by name, in an order in which each comes after those it depends on.

    A hyperparameter that is not in the space, or whose condition does not hold, has its default.
    """

    def __init__(
        self, dimensions: Mapping[str, Dimension], catalogue: Catalogue = CATALOGUE
    ) -> None:
        self.dimensions, self.catalogue = dict(dimensions), catalogue

    @classmethod
    def parse(
        cls, document: Mapping[str, object], catalogue: Catalogue = CATALOGUE
    ) -> "SearchSpace":
        """The space of a JSON document. Raises SpaceError with every problem at its hyperparameter."""
        if not isinstance(document, Mapping):
            raise SpaceError(
                [
                    Problem(
                        "", "A search space is an object that maps hyperparameters to their values."
                    )
                ]
            )
        found: list[Problem] = []
        dimensions: dict[str, Dimension] = {}
        for name, entry in document.items():
            if name not in catalogue:
                found.append(Problem(named(name), f'There is no hyperparameter "{named(name)}".'))
                continue
            try:
                dimensions[name] = parse_dimension(name, entry, catalogue)
            except DimensionError as error:
                found.append(Problem(name, str(error)))
        found += _uncountable_conditions(dimensions)
        if found:
            raise SpaceError(found)
        space = cls(_ordered(dimensions, catalogue), catalogue)
        space._refuse_if_impossible()
        return space

    def document(self) -> dict[str, object]:
        """JSON that parses to this space again."""
        return {
            name: self.dimensions[name].document()
            for name in self.catalogue
            if name in self.dimensions
        }

    def __eq__(self, other: object) -> bool:
        """The same dimensions of the same hyperparameters: what was worked out for one holds for the other."""
        return isinstance(other, SearchSpace) and (self._text, self.catalogue) == (
            other._text,
            other.catalogue,
        )

    def __hash__(self) -> int:
        return hash(self._text)

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.document())

    @property
    def searched(self) -> list[Dimension]:
        """The dimensions that can differ between trials, conditions first."""
        return [dimension for dimension in self.dimensions.values() if dimension.is_searched]

    @cached_property
    def continuous(self) -> list[str]:
        """Names of the dimensions with endless many values that are active in some combination."""
        active = {
            dimension.name
            for case in self.cases
            for dimension in case.free
            if dimension.is_continuous
        }
        return [name for name in self.catalogue if name in active]

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every possible case of the deciding hyperparameters."""
        return tuple(islice(cases(self.dimensions, self.catalogue), MAX_CASES + 1))

    def is_active(self, name: str, values: Mapping[str, object]) -> bool:
        """Whether a dimension plays a part, given the values of those before it."""
        return is_active_in(self.dimensions, name, values)

    def settle(self, values: Mapping[str, object]) -> Parameters | None:
        """Complete parameters from a value for each searched dimension; inactive ones are dropped, fixed ones added.

        None where a value is missing or outside its dimension, or where the values are impossible together.
        """
        active: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            if not self.is_active(name, active):
                continue
            value = values.get(name) if dimension.is_searched else dimension.value_at(0)
            if not isinstance(value, str | int | float) or not dimension.contains(value):
                return None
            active[name] = value
        return None if impossible(active, self.catalogue) else self.complete(active)

    def sample(self, generator: np.random.Generator) -> Parameters:
        """One possible combination, each dimension drawn evenly on its scale."""
        for _ in range(TRIES):
            values = self._draw(generator)
            if not impossible(values, self.catalogue):
                return self.complete(values)
        return self.complete(self.cases[int(generator.integers(len(self.cases)))].sample(generator))

    def sample_endless(self, generator: np.random.Generator) -> Parameters:
        """One of the combinations that have a continuous dimension."""
        endless = [case for case in self.cases if case.is_endless]
        return self.complete(endless[int(generator.integers(len(endless)))].sample(generator))

    def size(self) -> int | None:
        """How many possible combinations there are, exactly; None where there are endless many."""
        return None if self.continuous else sum(case.count for case in self.cases)

    def grid(self) -> Iterator[Parameters]:
        """Every possible combination once, lazily, the last dimensions varying fastest. The space must be countable."""
        if self.continuous:
            raise SpaceError(
                [Problem(name, f"{name} has endless many values.") for name in self.continuous]
            )
        return (
            self.complete(case.values_at(place))
            for case in self.cases
            for place in range(case.count)
        )

    def combination(self, place: int) -> Parameters:
        """The combination of the grid at a place from 0 to its size - 1."""
        for case in self.cases:
            if place < case.count:
                return self.complete(case.values_at(place))
            place -= case.count
        raise IndexError("The grid has fewer combinations.")

    def contains(self, parameters: Mapping[str, object]) -> bool:
        """Whether complete parameters belong to this space."""
        if problems(parameters, self.catalogue) or self.complete(parameters) != dict(parameters):
            return False
        for name, value in self.complete(parameters).items():
            dimension = self.dimensions.get(name)
            if dimension is not None and self.is_active(name, parameters):
                if not dimension.contains(value):
                    return False
            elif value != self.catalogue[name].default:
                return False
        return True

    def varying(self, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """The searched and active values among complete parameters."""
        return {
            dimension.name: parameters[dimension.name]
            for dimension in self.searched
            if dimension.name in parameters and self.is_active(dimension.name, parameters)
        }

    def complete(self, parameters: Mapping[str, object]) -> Parameters:
        """Defaults filled in, inactive ones left out: `hyperparameters.complete` for this space's catalogue."""
        return complete(parameters, self.catalogue)

    def with_new_defaults(self) -> "SearchSpace":
        """The space of a new experiment: this one, with the defaults of new experiments where these are possible."""
        document = self.document()
        for name, row in self.catalogue.items():
            if (
                row.new_default is None
                or name in self.dimensions
                or self._may_have(row.new_default_unless)
            ):
                continue
            document[name] = row.new_default
        return SearchSpace.parse(document, self.catalogue)

    def _may_have(self, pair: tuple[str, Value] | None) -> bool:
        """Whether the space holds a value of a hyperparameter, other than as its default."""
        if pair is None or pair[0] not in self.dimensions:
            return False
        return self.dimensions[pair[0]].contains(pair[1])

    def _refuse_if_impossible(self) -> None:
        if len(self.cases) > MAX_CASES:
            why = f"The conditions of this search space tell more than {MAX_CASES:,} cases apart: name fewer values."
            raise SpaceError([Problem("", why)])
        if not self.cases:
            reasons = impossible(self._draw(np.random.default_rng(0)), self.catalogue)
            raise SpaceError(
                reasons or [Problem("", "No combination of this search space is possible.")]
            )

    def _draw(self, generator: np.random.Generator) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            if self.is_active(name, values):
                values[name] = dimension.sample(generator)
        return values


def preview(
    space: SearchSpace, generator: np.random.Generator, count: int = 3
) -> list[dict[str, Value]]:
    """A few configurations of the space, only what varies."""
    return [space.varying(space.sample(generator)) for _ in range(count)]


def size_text(space: SearchSpace) -> str:
    """How large a space is, in words."""
    size = space.size()
    if size is None:
        names = space.continuous
        many = (
            "1 continuous hyperparameter"
            if len(names) == 1
            else f"{len(names)} continuous hyperparameters"
        )
        return f"endless: {many} ({', '.join(names)})"
    if size >= UNREADABLE:
        return f"about 10^{len(str(size)) - 1} combinations"
    return "1 combination" if size == 1 else f"{size:,} combinations"


def _uncountable_conditions(dimensions: Mapping[str, Dimension]) -> list[Problem]:
    return [
        Problem(
            name,
            f"{name} cannot depend on {other}, which has endless many values: give {other} a choice.",
        )
        for name, dimension in dimensions.items()
        for other in dimension.when or {}
        if other in dimensions and dimensions[other].is_continuous
    ]


def _ordered(dimensions: Mapping[str, Dimension], catalogue: Catalogue) -> dict[str, Dimension]:
    """Each dimension after those it depends on. Raises SpaceError for a circle."""
    done: dict[str, Dimension] = {}
    waiting = [name for name in catalogue if name in dimensions]
    while waiting:
        ready = [name for name in waiting if not (_depends_on(dimensions[name]) & set(waiting))]
        if not ready:
            why = "Conditions go in a circle: " + ", ".join(waiting) + "."
            raise SpaceError([Problem(name, why) for name in waiting])
        for name in ready:
            done[name] = dimensions[name]
        waiting = [name for name in waiting if name not in done]
    return done


def _depends_on(dimension: Dimension) -> set[str]:
    requires = dimension.catalogue[dimension.name].requires
    return set(dimension.when or {}) | ({requires[0]} if requires else set())
