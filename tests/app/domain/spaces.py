"""Search spaces for tests: one of SEED's, small ones, and any a person could write."""

from typing import Any

from hypothesis import strategies as st

from app.domain.search_space.catalogue import CATALOGUE, Hyperparameter

PRACTITIONERS: dict[str, Any] = {  # the conditional space that the practitioner gave to hyperopt
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


def _ranges(row: Hyperparameter) -> st.SearchStrategy[Any]:
    kinds = ["uniform", "integer"] if row.kind == "integer" else ["uniform"]
    kinds += ["loguniform"] if row.low > 0 else []
    ends = (
        st.tuples(values(row), values(row))
        .map(sorted)
        .filter(lambda pair: pair[1] - pair[0] > 1e-6)
    )
    written = st.tuples(st.sampled_from(kinds), ends).map(lambda pair: {pair[0]: pair[1]})
    return st.tuples(written, st.integers(0, 7)).map(lambda pair: _stepped(row, *pair))


def _stepped(row: Hyperparameter, written: dict[str, Any], parts: int) -> dict[str, Any]:
    low, high = next(iter(written.values()))
    step = (
        (high - low) // parts
        if parts and row.kind == "integer"
        else (high - low) / parts
        if parts
        else 0
    )
    return written | ({"step": step} if step else {})


def _entries(row: Hyperparameter) -> st.SearchStrategy[Any]:
    choices = st.lists(values(row), min_size=1, max_size=4).map(lambda listed: {"choice": listed})
    numbers = [_ranges(row)] if row.kind in ("integer", "number") else []
    return st.one_of(values(row), choices, *numbers)


@st.composite
def documents(draw: st.DrawFn, only_counted: bool = False) -> dict[str, Any]:
    """The JSON of any search space, impossible ones and circles of conditions included."""
    names = draw(st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True, max_size=8))
    document: dict[str, Any] = {}
    for name in names:
        row = CATALOGUE[name]
        entry = draw(
            st.one_of(values(row), st.lists(values(row), min_size=1, max_size=3).map(_choice))
        )
        document[name] = entry if only_counted else draw(_entries(row))
        if isinstance(document[name], dict) and draw(st.booleans()):
            other = draw(st.sampled_from(sorted(set(CATALOGUE) - {name})))
            allowed = draw(st.lists(values(CATALOGUE[other]), min_size=1, max_size=2))
            document[name]["when"] = {other: allowed}
    return document


def _choice(listed: list[Any]) -> dict[str, Any]:
    return {"choice": listed}
