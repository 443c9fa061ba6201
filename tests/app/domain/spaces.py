"""Search spaces for tests: a practitioner's space, and any that a person could write."""

from typing import Any

from hypothesis import strategies as st

from app.domain.search_space.catalogue import CATALOGUE, Hyperparameter

PRACTITIONERS: dict[str, Any] = {  # a conditional space that was searched with hyperopt
    "batch_size": {"choice": [30, 40, 50, 60, 70]},
    "time_steps": {"choice": [30, 50, 60, 80, 90]},
    "units_1": {"choice": [70, 80, 100, 130]},
    "dropout_1": {"uniform": [0, 1]},
    "recurrent_dropout_1": {"uniform": [0, 1]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_2": {"choice": [20, 30, 40, 50], "when": {"recurrent_layers": 2}},
    "dropout_2": {"uniform": [0, 1], "when": {"recurrent_layers": 2}},
    "dense_layers": {"choice": [0, 1]},
    "dense_units_1": {"choice": [10, 20, 30, 40], "when": {"dense_layers": 1}},
    "learning_rate": {"uniform": [0, 1]},
    "epochs": {"choice": [30, 40, 50, 60, 70]},
    "optimizer": {"choice": ["sgd", "rmsprop"]},
}


def values(row: Hyperparameter) -> st.SearchStrategy[Any]:
    """Any possible value of a hyperparameter."""
    if row.kind == "flag":
        return st.booleans()
    if row.kind == "category":
        return st.sampled_from(row.choices)
    if row.kind == "integer":
        return st.integers(int(row.low), int(row.high))
    return st.floats(row.low, row.high, allow_subnormal=False)


@st.composite
def documents(draw: st.DrawFn, only_countable: bool = False) -> dict[str, Any]:
    """The JSON of any search space, including impossible ones and cycles of conditions."""
    names = draw(st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True, max_size=8))
    document: dict[str, Any] = {}
    for name in names:
        row = CATALOGUE[name]
        if only_countable:
            document[name] = draw(st.one_of(values(row), _choices(row, max_size=3)))
        else:
            document[name] = draw(_entries(row))
        if isinstance(document[name], dict) and draw(st.booleans()):
            document[name]["when"] = draw(_conditions(name))
    return document


def _entries(row: Hyperparameter) -> st.SearchStrategy[Any]:
    if row.kind in ("integer", "number"):
        return st.one_of(values(row), _choices(row, max_size=4), _ranges(row))
    return st.one_of(values(row), _choices(row, max_size=4))


def _choices(row: Hyperparameter, max_size: int) -> st.SearchStrategy[dict[str, Any]]:
    listed = st.lists(values(row), min_size=1, max_size=max_size)
    return listed.map(lambda choices: {"choice": choices})


@st.composite
def _ranges(draw: st.DrawFn, row: Hyperparameter) -> dict[str, Any]:
    kinds = ["uniform"]
    if row.kind == "integer":
        kinds.append("integer")
    if row.low > 0:
        kinds.append("loguniform")
    pairs = st.tuples(values(row), values(row)).map(sorted)
    low, high = draw(pairs.filter(lambda pair: pair[1] - pair[0] > 1e-6))
    document: dict[str, Any] = {draw(st.sampled_from(kinds)): [low, high]}
    steps = draw(st.integers(0, 7))
    if steps == 0:
        return document
    step = (high - low) // steps if row.kind == "integer" else (high - low) / steps
    if step:
        document["step"] = step
    return document


@st.composite
def _conditions(draw: st.DrawFn, name: str) -> dict[str, list[Any]]:
    other = draw(st.sampled_from(sorted(set(CATALOGUE) - {name})))
    allowed = draw(st.lists(values(CATALOGUE[other]), min_size=1, max_size=2))
    return {other: allowed}
