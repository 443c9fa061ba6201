"""Documents of search spaces: what is accepted, and what is refused with which message."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.search_space.catalogue import CATALOGUE
from app.domain.search_space.space import SearchSpace, SpaceError
from tests.app.domain.spaces import documents

KEYS = ("choice", "uniform", "loguniform", "integer", "step", "when", "fixed", "units_1", "cell")
ANY_KEY = st.sampled_from(KEYS) | st.text(max_size=3)
ANY_NAME = st.sampled_from(sorted(CATALOGUE)) | st.text(max_size=3)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_KEY, inner, max_size=3),
    max_leaves=12,
)


def refusal(document: Any) -> str:
    with pytest.raises(SpaceError) as error:
        SearchSpace.parse(document)
    return " ".join(f"{problem.name}: {problem.message}" for problem in error.value.problems)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents())
def test_a_document_survives_the_way_through_json(document):
    try:
        space = SearchSpace.parse(document)
    except SpaceError:
        assume(False)

    again = SearchSpace.parse(json.loads(json.dumps(space.document())))

    assert again.document() == space.document()
    assert again.dimensions == space.dimensions
    assert again.sample(np.random.default_rng(1)) == space.sample(np.random.default_rng(1))


@given(st.dictionaries(ANY_NAME, ANYTHING, max_size=4))
def test_whatever_a_client_sends_causes_a_space_error_at_most(document):
    problems = []
    try:
        SearchSpace.parse(document).sample(np.random.default_rng(0))
    except SpaceError as error:
        problems = error.problems

    assert all(problem.message.encode() and problem.name.isprintable() for problem in problems)


def test_a_range_that_is_cut_to_one_value_is_fixed():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0.95, 1]}})

    assert space.document() == {"dropout_1": 0.95}
    assert space.size() == 1


def test_a_stepped_learning_rate_leaves_out_zero():
    space = SearchSpace.parse({"learning_rate": {"uniform": [0, 0.5], "step": 0.25}})

    assert [parameters["learning_rate"] for parameters in space.grid()] == [0.25, 0.5]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([1], ": A search space is an object"),
        ({"unit": 3}, 'unit: Hyperparameter "unit" not found.'),
        ({"units_1": 0}, "units_1: units_1 must be between 1 and 1024, not 0."),
        ({"units_1": [1, 2]}, "units_1: units_1 must be a number, not a list."),
        ({"units_1": {"normal": [1, 2]}}, 'units_1: units_1: "normal" is unknown.'),
        (
            {"units_1": {}},
            "units_1: units_1 needs exactly one of choice, uniform, loguniform, integer",
        ),
        ({"units_1": {"choice": [1], "uniform": [1, 2]}}, "units_1: units_1 needs exactly one of"),
    ],
)
def test_a_document_without_a_known_entry_is_refused(document, words):
    assert refusal(document).startswith(words)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"choice": []}, "units_1: a choice needs a list with at least one value."),
        ({"choice": "abc"}, "units_1: a choice needs a list"),
        ({"choice": [[[[1]]]]}, "units_1 must be a number, not a list."),
        (
            {"choice": list(range(2000))},
            "units_1: a choice has at most 1,000 values, not 2,000.",
        ),
        ({"choice": [3], "step": 2}, "units_1: a step goes with a range"),
    ],
)
def test_a_bad_choice_is_refused(entry, words):
    assert refusal({"units_1": entry}).startswith(f"units_1: {words}")


@pytest.mark.parametrize(
    ("name", "entry", "words"),
    [
        ("cell", {"uniform": [0, 1]}, "cell has no numbers to range over"),
        ("stateful", {"integer": [0, 1]}, "stateful has no numbers to range over"),
        ("dropout_1", {"integer": [0, 1]}, "dropout_1 is not a whole number: use uniform"),
        ("units_1", {"uniform": [1]}, "units_1: uniform needs two numbers, the lowest and the"),
        ("units_1", {"uniform": "12"}, "units_1: uniform needs two numbers"),
        ("units_1", {"integer": [1, 2.5]}, "units_1 must be a whole number, not 2.5."),
        (
            "units_1",
            {"integer": [5, 2]},
            "units_1: the lowest value (5) must be less than the highest (2).",
        ),
        ("units_1", {"integer": [0, 2]}, "units_1 must be between 1 and 1024, not 0."),
        ("dropout_1", {"uniform": [0, math.nan]}, "dropout_1 must be between 0 and 0.95, not NaN"),
        (
            "dropout_1",
            {"uniform": [0.97, 1]},
            "dropout_1 must be between 0 and 0.95: none of this range",
        ),
        (
            "dropout_1",
            {"loguniform": [0, 0.5]},
            "dropout_1: a logarithmic scale must start above 0.",
        ),
    ],
)
def test_a_bad_range_is_refused(name, entry, words):
    assert refusal({name: entry}).startswith(f"{name}: {words}")


@pytest.mark.parametrize(
    ("name", "entry", "words"),
    [
        ("dropout_1", {"uniform": [0, 0.5], "step": 0}, "a step must be greater than 0"),
        ("dropout_1", {"uniform": [0, 0.5], "step": 0.6}, "a step must be greater than 0 and no"),
        ("dropout_1", {"uniform": [0, 0.5], "step": 1e-9}, "a step of 1e-09 makes more than"),
        ("dropout_1", {"uniform": [0, 0.5], "step": 5e-324}, "a step of 4.94066e-324 makes more"),
        ("units_1", {"integer": [1, 9], "step": 0.5}, "this step is not possible."),
    ],
)
def test_a_bad_step_is_refused(name, entry, words):
    assert refusal({name: entry}).startswith(f"{name}: {name}: {words}")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (3, 'units_1: "when" names another hyperparameter'),
        ({}, 'units_1: "when" names another hyperparameter'),
        ({"x": 1}, 'units_1: "when" names "x", which is not another'),
        ({"units_1": 1}, 'units_1: "when" names "units_1"'),
        ({"cell": "rnn"}, "cell must be one of lstm, gru"),
        ({"cell": []}, 'units_1: "when" needs from 1 to 1,000 values'),
        ({"cell": {"a": 1}}, "cell must be one of lstm, gru, not an object."),
    ],
)
def test_a_bad_condition_is_refused(when, words):
    assert refusal({"units_1": {"choice": [1, 2], "when": when}}).startswith(f"units_1: {words}")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"stateful": True, "shuffle": True}, "shuffle: A stateful network carries its state"),
        (
            {"output_activation": "sigmoid", "scaling": "standard"},
            "output_activation: A sigmoid output lies",
        ),
    ],
)
def test_a_space_of_impossible_combinations_is_refused(document, words):
    assert refusal(document).startswith(words)


def test_a_condition_on_a_continuous_range_is_refused():
    document = {
        "dropout_1": {"uniform": [0, 0.5]},
        "units_1": {"choice": [1, 2], "when": {"dropout_1": 0.25}},
    }

    assert refusal(document).startswith(
        "units_1: units_1 cannot depend on dropout_1, which has an unlimited number of values"
    )


def test_every_problem_of_a_document_is_named():
    assert refusal({"units_1": 0, "cell": 3, "batch_size": 8}).count(":") == 2


def test_deep_nesting_is_refused():
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]

    assert refusal({"units_1": {"choice": deep}}).startswith("units_1:")
    assert refusal({"units_1": {"choice": [1, 2], "when": {"cell": deep}}}).startswith("units_1:")
