"""Whether many parameters lie in a search space, each kind of them judged once."""

from collections.abc import Hashable

from app.domain.search_space.parameters import Parameters, Value, value_problem
from app.domain.search_space.space import SearchSpace

# Hyperparameters of the built-in network that may be impossible beside others: see
# app.domain.search_space.parameters.incompatibilities.
INTERDEPENDENT = ("stateful", "shuffle", "output_activation", "scaling")


def find_value_outside(space: SearchSpace, parameters: Parameters) -> str | None:
    """The first hyperparameter whose value is outside a space; None where the space has them all.

    `parameters`: complete ones of any space. The first hyperparameter of the catalogue stands for
    parameters that are incomplete or impossible together.
    """
    name = space.find_outside(parameters)
    if name is None and not space.contains(parameters):
        names = iter(space.catalogue)
        return next(names)
    return name


def is_same_space(space: SearchSpace, other: SearchSpace) -> bool:
    """Whether two spaces have the same combinations, as far as their documents show it."""
    if space.catalogue != other.catalogue:
        return False
    defaults = {name: row.default for name, row in space.catalogue.items()}
    return defaults | space.document() == defaults | other.document()


class Membership:
    """Answers find_value_outside for the thousands of trials of a search in milliseconds.

    Of a value that nothing else depends on it matters only whether it is possible, in its dimension
    and the default. So most trials are of a kind that has been judged before.
    """

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._names_by_kind: dict[Hashable, str | None] = {}
        depended_on = _find_depended_on(space)
        self._independent = [
            (name, dimension.contains, space.catalogue[name])
            for name, dimension in space.dimensions.items()
            if dimension.is_searched and name not in depended_on
        ]

    def find_value_outside(self, parameters: Parameters) -> str | None:
        """The same as the function."""
        kind = self._describe(parameters)
        try:
            is_new = kind not in self._names_by_kind
        except TypeError:  # a value is a list: parameters that were damaged
            return find_value_outside(self._space, parameters)
        if is_new:
            self._names_by_kind[kind] = find_value_outside(self._space, parameters)
        return self._names_by_kind[kind]

    def _describe(self, parameters: Parameters) -> Hashable:
        """All that decides about parameters. True and 1 are equal in Python, and different here."""
        rest: dict[str, Value] = dict(parameters)
        marks: list[tuple[bool, bool, bool] | None] = []
        for name, contains, row in self._independent:
            if name in rest:
                value = rest.pop(name)
                is_possible = value_problem(row, value) is None
                marks.append((is_possible, is_possible and contains(value), value == row.default))
            else:
                marks.append(None)
        values = tuple(rest.values())
        return (tuple(marks), tuple(rest), values, tuple(map(type, values)))


def _find_depended_on(space: SearchSpace) -> set[str]:
    """The names of hyperparameters whose values decide about others."""
    names = set(INTERDEPENDENT)
    for dimension in space.dimensions.values():
        names.update(dimension.when or ())
    for row in space.catalogue.values():
        if row.requires is not None:
            names.add(row.requires[0])
    return names
