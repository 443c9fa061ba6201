"""Search spaces: what is admitted, how large they are, grids, samples, and what is refused in which words."""

import json
import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.search_space.parameters import CATALOGUE, complete
from app.domain.search_space.space import SearchSpace, SpaceError, preview, size_text
from tests.app.domain.spaces import PRACTITIONERS, documents

WORDS = ("choice", "uniform", "loguniform", "integer", "step", "when", "fixed", "units_1", "cell")
words = st.sampled_from(WORDS) | st.text(max_size=3)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)


def parsed(document: dict[str, Any]) -> SearchSpace:
    try:
        return SearchSpace.parse(document)
    except SpaceError:
        assume(False)
        raise


def refusal(document: Any) -> str:
    with pytest.raises(SpaceError) as error:
        SearchSpace.parse(document)
    return " ".join(f"{problem.name}: {problem.message}" for problem in error.value.problems)


def draws(space: SearchSpace, count: int = 200) -> list[dict[str, Any]]:
    generator = np.random.default_rng(3)
    return [space.sample(generator) for _ in range(count)]


# Properties


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents(), st.integers(0, 99))
def test_every_sample_is_contained(document, seed):
    space = parsed(document)
    generator = np.random.default_rng(seed)
    for _ in range(5):
        sample = space.sample(generator)
        assert space.contains(sample)
        assert sample == complete(sample)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents(), st.integers(0, 99))
def test_what_varies_in_a_sample_settles_to_that_sample(document, seed):
    space = parsed(document)
    sample = space.sample(np.random.default_rng(seed))
    assert space.settle(space.varying(sample)) == sample


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents())
def test_a_document_survives_the_way_through_json(document):
    space = parsed(document)
    again = SearchSpace.parse(json.loads(json.dumps(space.document())))
    assert again.document() == space.document()
    assert again.dimensions == space.dimensions
    assert again.sample(np.random.default_rng(1)) == space.sample(np.random.default_rng(1))


@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(documents(only_counted=True))
def test_a_grid_has_every_combination_once_and_nothing_else(document):
    space = parsed(document)
    size = space.size()
    assert size is not None
    assume(size <= 500)
    grid = list(space.grid())
    assert len(grid) == size
    assert len({tuple(parameters.items()) for parameters in grid}) == size
    assert all(space.contains(parameters) for parameters in grid)
    assert all(sample in grid for sample in draws(space, 20))
    assert [space.combination(place) for place in range(size)] == grid
    with pytest.raises(IndexError):
        space.combination(size)


@given(
    st.dictionaries(st.sampled_from(sorted(CATALOGUE)) | st.text(max_size=3), anything, max_size=4)
)
def test_nothing_that_a_client_can_send_is_more_than_a_space_error(document):
    try:
        found = SearchSpace.parse(document).sample(np.random.default_rng(0)) and []
    except SpaceError as error:
        found = error.problems
    assert all(problem.message.encode() and problem.name.isprintable() for problem in found)


# Single cases


def test_the_practitioners_space_is_taken_as_it_stands():
    space = SearchSpace.parse(PRACTITIONERS)
    for sample in draws(space):
        assert 0 < sample["learning_rate"] <= 1
        assert sample["dropout_1"] < 1
        assert ("units_2" in sample) == (sample["recurrent_layers"] == 2)
        assert ("dense_units_1" in sample) == (sample["dense_layers"] == 1)


def test_what_is_not_in_the_space_has_its_default():
    space = SearchSpace.parse({"units_1": {"choice": [3, 4]}})
    assert space.contains(complete({"units_1": 3}))
    assert not space.contains(complete({"units_1": 3, "batch_size": 8}))
    assert not space.contains({"units_1": 3})


def test_a_condition_of_a_persons_own_is_respected():
    space = SearchSpace.parse(
        {
            "cell": {"choice": ["lstm", "gru"]},
            "dropout_1": {"choice": [0.1, 0.2], "when": {"cell": "gru"}},
        }
    )
    assert space.size() == 3
    assert {(sample["cell"], sample["dropout_1"]) for sample in draws(space)} == {
        ("lstm", 0.0),
        ("gru", 0.1),
        ("gru", 0.2),
    }
    assert not space.contains(complete({"cell": "lstm", "dropout_1": 0.1}))


def test_a_condition_on_something_inactive_does_not_hold():
    space = SearchSpace.parse(
        {
            "recurrent_layers": {"choice": [1, 2]},
            "units_2": {"choice": [16, 20]},
            "patience": {"choice": [5, 6], "when": {"units_2": 16}},
        }
    )
    assert [
        (row["recurrent_layers"], row.get("units_2"), row["patience"]) for row in space.grid()
    ] == [
        (1, None, 0),
        (2, 16, 5),
        (2, 16, 6),
        (2, 20, 0),
    ]


def test_conditions_on_several_others_must_all_hold():
    when = {"cell": ["lstm", "gru"], "optimizer": "sgd"}
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "adam"]},
            "learning_rate": {"choice": [0.1, 0.2], "when": when},
        }
    )
    assert space.size() == 3


def test_a_fixed_value_can_have_a_condition():
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "adam"]},
            "learning_rate": {"fixed": 0.1, "when": {"optimizer": "sgd"}},
        }
    )
    assert {(row["optimizer"], row["learning_rate"]) for row in space.grid()} == {
        ("sgd", 0.1),
        ("adam", 0.001),
    }


def test_impossible_combinations_are_left_out():
    space = SearchSpace.parse(
        {
            "stateful": {"choice": [True, False]},
            "shuffle": {"choice": [True, False]},
            "output_activation": {"choice": ["linear", "sigmoid"]},
            "scaling": {"choice": ["minmax", "standard"]},
        }
    )
    assert space.size() == 9
    assert len(list(space.grid())) == 9
    assert (
        space.settle(
            {"stateful": True, "shuffle": True, "output_activation": "linear", "scaling": "minmax"}
        )
        is None
    )


def test_a_rare_possible_combination_is_found():
    hidden = {"output_activation": {"fixed": "sigmoid", "when": {"units_1": list(range(1, 1000))}}}
    space = SearchSpace.parse({"units_1": {"integer": [1, 1000]}, "scaling": "standard", **hidden})
    assert space.size() == 1
    assert [row["units_1"] for row in draws(space, 5)] == [1000] * 5
    assert [row["units_1"] for row in space.grid()] == [1000]


def test_a_sample_can_be_made_to_have_a_continuous_value():
    document = {
        "units_1": {"integer": [1, 1000]},
        "dropout_1": {"uniform": [0.1, 0.5], "when": {"units_1": 64}},
    }
    space = SearchSpace.parse(document)
    assert space.size() is None
    sample = space.sample_endless(np.random.default_rng(0))
    assert sample["units_1"] == 64
    assert space.contains(sample)


def test_a_step_quantises_a_range():
    space = SearchSpace.parse(
        {
            "dropout_1": {"uniform": [0, 0.5], "step": 0.1},
            "units_1": {"integer": [8, 30], "step": 8},
        }
    )
    assert space.size() == 18
    assert sorted({sample["dropout_1"] for sample in draws(space)}) == [
        0.0,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
    ]
    assert sorted({sample["units_1"] for sample in draws(space)}) == [8, 16, 24]


def test_a_logarithmic_range_can_have_a_step():
    space = SearchSpace.parse({"batch_size": {"loguniform": [16, 256], "step": 16}})
    assert space.size() == 16
    drawn = [sample["batch_size"] for sample in draws(space, 400)]
    assert {size % 16 for size in drawn} == {0}
    assert sum(size <= 64 for size in drawn) > 150


def test_a_step_does_not_lead_beyond_a_range_that_is_no_multiple_of_it():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0, 1], "step": 0.1}})
    assert space.size() == 10
    assert max(sample["dropout_1"] for sample in draws(space)) == 0.9
    assert space.dimensions["dropout_1"].at(1.0) == 0.9


def test_a_stepped_learning_rate_leaves_out_zero():
    space = SearchSpace.parse({"learning_rate": {"uniform": [0, 0.5], "step": 0.25}})
    assert [row["learning_rate"] for row in space.grid()] == [0.25, 0.5]


def test_a_range_that_is_cut_to_one_value_is_fixed():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0.95, 1]}})
    assert space.document() == {"dropout_1": 0.95}
    assert space.size() == 1


def test_a_logarithmic_range_is_drawn_evenly_on_its_scale():
    space = SearchSpace.parse({"learning_rate": {"loguniform": [1e-5, 1e-1]}})
    below = np.mean([sample["learning_rate"] < 1e-3 for sample in draws(space, 1000)])
    assert 0.45 < below < 0.55


def test_a_grid_varies_the_last_dimension_fastest_and_is_always_the_same():
    space = SearchSpace.parse(
        {"batch_size": {"choice": [20, 30]}, "time_steps": {"choice": [90, 30]}}
    )
    order = [(row["batch_size"], row["time_steps"]) for row in space.grid()]
    assert order == [(20, 90), (20, 30), (30, 90), (30, 30)]


def test_a_huge_grid_is_counted_exactly_and_walked_lazily():
    ranges = {
        name: {"integer": [1, 1000]}
        for name in ("units_1", "batch_size", "epochs", "patience", "time_steps")
    }
    space = SearchSpace.parse(
        {
            **ranges,
            "recurrent_layers": {"choice": [1, 2]},
            "units_2": {"integer": [1, 7], "when": {"units_1": 64}},
        }
    )
    assert space.size() == 1000**5 + 999 * 1000**4 + 7 * 1000**4
    first = list(islice(space.grid(), 3))
    assert len({tuple(row.items()) for row in first}) == 3


def test_a_continuous_dimension_that_is_never_active_leaves_the_space_countable():
    space = SearchSpace.parse(
        {"recurrent_layers": 1, "dropout_2": {"uniform": [0, 0.5]}, "units_1": {"choice": [1, 2]}}
    )
    assert space.size() == 2
    assert len(list(space.grid())) == 2


def test_a_grid_of_a_continuous_space_is_refused():
    with pytest.raises(SpaceError, match="dropout_1 has endless many values"):
        SearchSpace.parse({"dropout_1": {"uniform": [0, 0.5]}}).grid()


def test_settling_adds_fixed_values_and_drops_inactive_ones():
    space = SearchSpace.parse(
        {
            **PRACTITIONERS,
            "cell": "gru",
            "learning_rate": 0.1,
            "dropout_1": 0.5,
            "recurrent_dropout_1": 0,
        }
    )
    values = {
        "batch_size": 30,
        "time_steps": 50,
        "units_1": 70,
        "recurrent_layers": 1,
        "units_2": 20,
        "dense_layers": 0,
    }
    settled = space.settle({**values, "epochs": 30, "optimizer": "sgd"})
    assert settled is not None
    assert settled["cell"] == "gru"
    assert "units_2" not in settled
    assert space.settle({**values, "epochs": 31, "optimizer": "sgd"}) is None
    assert space.settle({"epochs": 30, "optimizer": "sgd"}) is None


def test_an_empty_space_is_the_one_trial_with_defaults():
    space = SearchSpace.parse({})
    assert space.size() == 1
    assert list(space.grid()) == [complete({})]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([1], ": A search space is an object"),
        ({"unit": 3}, 'unit: There is no hyperparameter "unit".'),
        ({"units_1": 0}, "units_1: units_1 lies between 1 and 1024, and 0 does not."),
        ({"units_1": [1, 2]}, "units_1: units_1 is a number, not a list."),
        (
            {"units_1": {}},
            "units_1: units_1 needs exactly one of choice, uniform, loguniform, integer",
        ),
        ({"units_1": {"choice": [1], "uniform": [1, 2]}}, "units_1: units_1 needs exactly one of"),
        ({"units_1": {"normal": [1, 2]}}, 'units_1: units_1: "normal" is not understood.'),
        (
            {"units_1": {"choice": []}},
            "units_1: units_1: a choice needs a list with at least one value.",
        ),
        ({"units_1": {"choice": "abc"}}, "units_1: units_1: a choice needs a list"),
        ({"units_1": {"choice": [[[[1]]]]}}, "units_1: units_1 is a number, not a list."),
        (
            {"units_1": {"choice": list(range(2000))}},
            "units_1: units_1: a choice has at most 1,000 values, not 2,000.",
        ),
        ({"units_1": {"choice": [3], "step": 2}}, "units_1: units_1: a step goes with a range"),
        ({"cell": {"uniform": [0, 1]}}, "cell: cell has no numbers to range over"),
        ({"stateful": {"integer": [0, 1]}}, "stateful: stateful has no numbers to range over"),
        (
            {"dropout_1": {"integer": [0, 1]}},
            "dropout_1: dropout_1 is not a whole number: use uniform",
        ),
        (
            {"units_1": {"uniform": [1]}},
            "units_1: units_1: uniform needs two numbers, the lowest and the highest.",
        ),
        ({"units_1": {"uniform": "12"}}, "units_1: units_1: uniform needs two numbers"),
        ({"units_1": {"integer": [1, 2.5]}}, "units_1: units_1 is a whole number, not 2.5."),
        (
            {"units_1": {"integer": [5, 2]}},
            "units_1: units_1: the lowest value (5) must be less than the highest (2).",
        ),
        (
            {"units_1": {"integer": [0, 2]}},
            "units_1: units_1 lies between 1 and 1024, and 0 does not.",
        ),
        (
            {"dropout_1": {"uniform": [0, math.nan]}},
            "dropout_1: dropout_1 lies between 0 and 0.95: something that is ",
        ),
        (
            {"dropout_1": {"uniform": [0.97, 1]}},
            "dropout_1: dropout_1 lies between 0 and 0.95, and none of this range",
        ),
        (
            {"dropout_1": {"loguniform": [0, 0.5]}},
            "dropout_1: dropout_1: a logarithmic scale starts above 0.",
        ),
        (
            {"dropout_1": {"uniform": [0, 0.5], "step": 0}},
            "dropout_1: dropout_1: a step is above 0 and no larger",
        ),
        (
            {"dropout_1": {"uniform": [0, 0.5], "step": 0.6}},
            "dropout_1: dropout_1: a step is above 0 and no larger",
        ),
        (
            {"dropout_1": {"uniform": [0, 0.5], "step": 1e-9}},
            "dropout_1: dropout_1: a step of 1e-09 makes more than a",
        ),
        (
            {"dropout_1": {"uniform": [0, 0.5], "step": 5e-324}},
            "dropout_1: dropout_1: a step of 4.94066e-324 makes more",
        ),
        (
            {"units_1": {"integer": [1, 9], "step": 0.5}},
            "units_1: units_1: its step is not possible.",
        ),
        (
            {"units_1": {"choice": [1, 2], "when": 3}},
            'units_1: units_1: "when" names another hyperparameter',
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {}}},
            'units_1: units_1: "when" names another hyperparameter',
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {"x": 1}}},
            'units_1: units_1: "when" names "x", which is no other',
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {"units_1": 1}}},
            'units_1: units_1: "when" names "units_1"',
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {"cell": "rnn"}}},
            "units_1: cell is one of lstm, gru",
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {"cell": []}}},
            'units_1: units_1: "when" needs from 1 to 1,000 values',
        ),
        (
            {"units_1": {"choice": [1, 2], "when": {"cell": {"a": 1}}}},
            "units_1: cell is one of lstm, gru, not an object.",
        ),
        ({"stateful": True, "shuffle": True}, "shuffle: stateful carries the state"),
        (
            {"output_activation": "sigmoid", "scaling": "standard"},
            "output_activation: A sigmoid output lies",
        ),
    ],
)
def test_a_bad_document_is_refused_in_words_at_its_hyperparameter(document, words):
    assert refusal(document).startswith(words)


def test_every_problem_of_a_document_is_named():
    assert refusal({"units_1": 0, "cell": 3, "batch_size": 8}).count(":") == 2


def test_conditions_that_go_in_a_circle_are_refused():
    circle = {
        "units_1": {"choice": [1, 2], "when": {"batch_size": 8}},
        "batch_size": {"choice": [8, 9], "when": {"units_1": 1}},
    }
    assert "Conditions go in a circle: units_1, batch_size." in refusal(circle)


def test_a_condition_that_contradicts_the_nature_of_a_hyperparameter_is_a_circle():
    assert "circle" in refusal(
        {
            "recurrent_layers": {"choice": [1, 2], "when": {"units_2": 3}},
            "units_2": {"choice": [3, 4]},
        }
    )


def test_a_condition_on_a_continuous_range_is_refused():
    document = {
        "dropout_1": {"uniform": [0, 0.5]},
        "units_1": {"choice": [1, 2], "when": {"dropout_1": 0.25}},
    }
    assert refusal(document).startswith(
        "units_1: units_1 cannot depend on dropout_1, which has endless many values"
    )


def test_conditions_that_tell_too_many_cases_apart_are_refused():
    named = {name: {"integer": [1, 1000]} for name in ("units_1", "epochs", "time_steps")}
    when = {name: list(range(1, 1000)) for name in named}
    document = {**named, "patience": {"choice": [1, 2], "when": when}}
    assert "tell more than 10,000 cases apart" in refusal(document)


def test_deep_nesting_is_refused():
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert refusal({"units_1": {"choice": deep}}).startswith("units_1:")
    assert refusal({"units_1": {"choice": [1, 2], "when": {"cell": deep}}}).startswith("units_1:")


def test_a_preview_shows_what_varies():
    shown = preview(
        SearchSpace.parse({"units_1": {"choice": [1, 2]}, "cell": "gru"}), np.random.default_rng(0)
    )
    assert len(shown) == 3
    assert all(list(row) == ["units_1"] for row in shown)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "1 combination"),
        (
            {
                name: {"choice": [1, 2, 3]}
                for name in ("units_1", "batch_size", "time_steps", "epochs")
            },
            "81 combinations",
        ),
        ({"units_1": {"integer": [1, 1000]}, "epochs": {"integer": [1, 3]}}, "3,000 combinations"),
        (
            {
                name: {"integer": [1, 1000]}
                for name in ("units_1", "batch_size", "epochs", "patience", "time_steps")
            },
            "about 10^15 combinations",
        ),
        ({"dropout_1": {"uniform": [0, 0.5]}}, "endless: 1 continuous hyperparameter (dropout_1)"),
        (
            PRACTITIONERS,
            "endless: 4 continuous hyperparameters (dropout_1, recurrent_dropout_1, dropout_2, learning_rate)",
        ),
    ],
)
def test_a_size_is_said_in_words(document, words):
    assert size_text(SearchSpace.parse(document)) == words


@pytest.mark.parametrize(
    ("document", "scaling", "shuffle"),
    [
        ({}, {"standard"}, {True}),
        ({"scaling": "minmax", "shuffle": False}, {"minmax"}, {False}),
        ({"scaling": {"choice": ["minmax", "standard"]}}, {"minmax", "standard"}, {True}),
        ({"stateful": True}, {"standard"}, {False}),
        ({"stateful": {"choice": [True, False]}}, {"standard"}, {False}),
        ({"output_activation": "sigmoid"}, {"minmax"}, {True}),
        ({"output_activation": {"choice": ["linear", "sigmoid"]}}, {"minmax"}, {True}),
    ],
)
def test_a_new_experiment_shuffles_and_standardises_where_that_is_possible(
    document, scaling, shuffle
):
    space = SearchSpace.parse(document).with_new_defaults()

    samples = [space.sample(np.random.default_rng(seed)) for seed in range(20)]

    assert {sample["scaling"] for sample in samples} == scaling
    assert {sample["shuffle"] for sample in samples} == shuffle
    assert space.size() == SearchSpace.parse(document).size()


def test_a_stored_space_without_scaling_and_shuffle_keeps_its_meaning():
    found = SearchSpace.parse({"units_1": 8}).sample(np.random.default_rng(0))

    assert (found["scaling"], found["shuffle"]) == ("minmax", False)
