"""The search space: which hyperparameters vary, over what, and under which conditions."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

import numpy as np

from app.domain.search_space.branches import Branch, enumerate_branches, is_dimension_active
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import (
    Parameters,
    incompatibilities,
    parameter_problems,
    with_defaults,
)
from app.domain.search_space.parsing import DimensionError, parse_dimension
from app.domain.search_space.problems import Problem, SpaceError, excerpt
from app.domain.search_space.sorting import find_continuous_conditions, sort_by_dependency

__all__ = ["SearchSpace", "SpaceError", "describe_size", "preview"]

MAX_BRANCHES = 10_000
MAX_DRAWS = 100  # of impossible combinations, before a possible branch is drawn instead
MAX_EXACT_SIZE = 10**15  # from here on, a size is described by its order of magnitude


class SearchSpace:
    """Dimensions by name, each after those that it depends on.

    A hyperparameter that is not in the space, or whose condition does not hold, has its default.
    """

    def __init__(
        self, dimensions: Mapping[str, Dimension], catalogue: Catalogue = CATALOGUE
    ) -> None:
        self.dimensions = dict(dimensions)
        self.catalogue = catalogue

    @classmethod
    def parse(
        cls, document: Mapping[str, object], catalogue: Catalogue = CATALOGUE
    ) -> "SearchSpace":
        """The space of a JSON document. Raises SpaceError with the problems of every entry."""
        if not isinstance(document, Mapping):
            message = "A search space is an object that maps hyperparameters to their values."
            raise SpaceError([Problem("", message)])
        dimensions: dict[str, Dimension] = {}
        problems: list[Problem] = []
        for name, entry in document.items():
            if name not in catalogue:
                message = f'Hyperparameter "{excerpt(name)}" not found.'
                problems.append(Problem(excerpt(name), message))
                continue
            try:
                dimensions[name] = parse_dimension(name, entry, catalogue)
            except DimensionError as error:
                problems.append(Problem(name, str(error)))
        problems += find_continuous_conditions(dimensions)
        if problems:
            raise SpaceError(problems)
        ordered = sort_by_dependency(dimensions, catalogue)
        space = cls(ordered, catalogue)
        space._check_branches()
        return space

    def document(self) -> dict[str, object]:
        """JSON that parses to this space again."""
        document = {}
        for name in self.catalogue:
            if name in self.dimensions:
                document[name] = self.dimensions[name].document()
        return document

    def __eq__(self, other: object) -> bool:
        """The same dimensions of the same hyperparameters: what is computed for one suits both."""
        if not isinstance(other, SearchSpace):
            return False
        if self._json != other._json:
            return False
        return self.catalogue == other.catalogue

    def __hash__(self) -> int:
        return hash(self._json)

    @cached_property
    def _json(self) -> str:
        document = self.document()
        return json.dumps(document)

    @property
    def searched(self) -> list[Dimension]:
        """The dimensions that can differ between trials, each after those that it depends on."""
        dimensions = self.dimensions.values()
        return [dimension for dimension in dimensions if dimension.is_searched]

    @cached_property
    def continuous(self) -> list[str]:
        """The names of the continuous dimensions that are active in some combination."""
        active: set[str] = set()
        for branch in self.branches:
            for dimension in branch.free:
                if dimension.is_continuous:
                    active.add(dimension.name)
        return [name for name in self.catalogue if name in active]

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """Every possible branch, one more than allowed where there are too many."""
        branches = enumerate_branches(self.dimensions, self.catalogue)
        return tuple(islice(branches, MAX_BRANCHES + 1))

    def is_active(self, name: str, values: Mapping[str, object]) -> bool:
        """Whether a dimension is active beside the values of those that it depends on."""
        return is_dimension_active(self.dimensions, name, values)

    def to_parameters(self, values: Mapping[str, object]) -> Parameters | None:
        """Complete parameters from a value for each searched dimension.

        Fixed values are added and inactive ones dropped. None where a value is missing or outside
        its dimension, or where the values are impossible together.
        """
        active: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            if not self.is_active(name, active):
                continue
            value = values.get(name) if dimension.is_searched else dimension.value_at(0)
            if not isinstance(value, str | int | float) or not dimension.contains(value):
                return None
            active[name] = value
        if incompatibilities(active, self.catalogue):
            return None
        return self.with_defaults(active)

    def searched_values(self, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """The values of the searched dimensions that are active in complete parameters."""
        values = {}
        for dimension in self.searched:
            name = dimension.name
            if name not in parameters:
                continue
            if self.is_active(name, parameters):
                values[name] = parameters[name]
        return values

    def sample(self, generator: np.random.Generator) -> Parameters:
        """One possible combination, each dimension drawn evenly on its scale."""
        for _ in range(MAX_DRAWS):
            values = self._draw_values(generator)
            problems = incompatibilities(values, self.catalogue)
            if not problems:
                return self.with_defaults(values)
        return self._sample_branch(self.branches, generator)

    def sample_continuous(self, generator: np.random.Generator) -> Parameters:
        """One of the combinations in which a continuous dimension is active."""
        continuous = [branch for branch in self.branches if branch.is_continuous]
        return self._sample_branch(continuous, generator)

    def size(self) -> int | None:
        """The exact number of possible combinations; None where it is unlimited."""
        if self.continuous:
            return None
        return sum(branch.count for branch in self.branches)

    def grid(self) -> Iterator[Parameters]:
        """Every possible combination once, lazily, the last dimensions varying fastest.

        Raises SpaceError where a dimension is continuous.
        """
        if self.continuous:
            problems = []
            for name in self.continuous:
                message = f"{name} has an unlimited number of values."
                problems.append(Problem(name, message))
            raise SpaceError(problems)
        return self._walk_grid()

    def combination_at(self, index: int) -> Parameters:
        """The combination of the grid at an index from 0 to its size - 1. Raises IndexError."""
        for branch in self.branches:
            if index < branch.count:
                values = branch.values_at(index)
                return self.with_defaults(values)
            index -= branch.count
        raise IndexError("The grid has fewer combinations.")

    def contains(self, parameters: Mapping[str, object]) -> bool:
        """Whether these are complete parameters of this space."""
        if parameter_problems(parameters, self.catalogue):
            return False
        completed = self.with_defaults(parameters)
        if completed != dict(parameters):
            return False
        return self.find_outside(completed) is None

    def find_outside(self, parameters: Parameters) -> str | None:
        """The first hyperparameter whose value is outside this space; None where all are inside."""
        for name, value in parameters.items():
            if not self._allows(name, value, parameters):
                return name
        return None

    def with_defaults(self, parameters: Mapping[str, object]) -> Parameters:
        """`parameters.with_defaults` with the catalogue of this space."""
        return with_defaults(parameters, self.catalogue)

    def with_new_defaults(self) -> "SearchSpace":
        """This space with the defaults of new experiments, where these are possible."""
        document = self.document()
        for name, row in self.catalogue.items():
            if row.new_default is None or name in self.dimensions:
                continue
            exception = row.new_default_unless
            if exception is not None and self._may_have(*exception):
                continue
            document[name] = row.new_default
        return SearchSpace.parse(document, self.catalogue)

    def _may_have(self, name: str, value: Value) -> bool:
        """Whether the space has a value of a hyperparameter, other than as its default."""
        dimension = self.dimensions.get(name)
        if dimension is None:
            return False
        return dimension.contains(value)

    def _allows(self, name: str, value: Value, parameters: Parameters) -> bool:
        dimension = self.dimensions.get(name)
        if dimension is not None and self.is_active(name, parameters):
            return dimension.contains(value)
        row = self.catalogue.get(name)
        if row is None:
            return False
        return value == row.default

    def _check_branches(self) -> None:
        if len(self.branches) > MAX_BRANCHES:
            message = (
                f"The conditions of this search space make more than {MAX_BRANCHES:,} branches: "
                "name fewer values."
            )
            raise SpaceError([Problem("", message)])
        if not self.branches:
            generator = np.random.default_rng(0)
            values = self._draw_values(generator)
            nothing_possible = Problem("", "No combination of this search space is possible.")
            problems = incompatibilities(values, self.catalogue)
            raise SpaceError(problems or [nothing_possible])

    def _draw_values(self, generator: np.random.Generator) -> dict[str, Value]:
        """A value for each dimension that is active, possible together or not."""
        values: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            if self.is_active(name, values):
                values[name] = dimension.sample(generator)
        return values

    def _sample_branch(
        self, branches: list[Branch] | tuple[Branch, ...], generator: np.random.Generator
    ) -> Parameters:
        count = len(branches)
        index = int(generator.integers(count))
        branch = branches[index]
        values = branch.sample(generator)
        return self.with_defaults(values)

    def _walk_grid(self) -> Iterator[Parameters]:
        for branch in self.branches:
            for index in range(branch.count):
                values = branch.values_at(index)
                yield self.with_defaults(values)


def preview(
    space: SearchSpace, generator: np.random.Generator, count: int = 3
) -> list[dict[str, Value]]:
    """A few samples of the space, only what varies."""
    configurations = []
    for _ in range(count):
        sample = space.sample(generator)
        configurations.append(space.searched_values(sample))
    return configurations


def describe_size(space: SearchSpace) -> str:
    """How large a space is, in words."""
    size = space.size()
    if size is None:
        count = len(space.continuous)
        noun = "hyperparameter" if count == 1 else "hyperparameters"
        names = ", ".join(space.continuous)
        return f"unlimited: {count} continuous {noun} ({names})"
    if size >= MAX_EXACT_SIZE:
        magnitude = len(str(size)) - 1
        return f"about 10^{magnitude} combinations"
    if size == 1:
        return "1 combination"
    return f"{size:,} combinations"
