"""The parameters of one trial: defaults, and what is refused with which message."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_space.parameters import (
    CATALOGUE,
    is_active,
    parameter_problems,
    parse_value,
    with_defaults,
)
from tests.app.domain.spaces import values

POSSIBLE_PARAMETERS = st.fixed_dictionaries(
    {}, optional={name: values(row) for name, row in CATALOGUE.items()}
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
)


def message(parameters: dict[str, Any]) -> str:
    (problem,) = parameter_problems(parameters)
    return f"{problem.name}: {problem.message}"


def test_a_missing_hyperparameter_gets_its_default():
    completed = with_defaults({"units_1": 8})

    assert completed["units_1"] == 8
    assert completed["optimizer"] == "adam"
    assert parameter_problems(completed) == []


def test_layers_that_do_not_exist_have_no_parameters():
    completed = with_defaults({"recurrent_layers": 1, "units_2": 64, "dense_layers": 1})

    assert "units_2" not in completed
    assert "dropout_2" not in completed
    assert "dense_units_1" in completed
    assert "dense_units_2" not in completed


@pytest.mark.parametrize(("layers", "active"), [(1, False), (2, True), (3, True)])
def test_the_second_layer_is_active_from_two_layers_on(layers, active):
    assert is_active("units_2", {"recurrent_layers": layers}) == active


def test_parameters_of_the_same_meaning_become_equal_in_value_type_and_order():
    left = with_defaults({"units_1": 30.0, "dropout_1": 0, "units_3": 7})
    right = with_defaults({"dropout_1": 0.0, "units_1": 30})

    assert left == right
    assert [type(value) for value in left.values()] == [type(value) for value in right.values()]
    assert list(left) == list(right)


@given(POSSIBLE_PARAMETERS)
def test_filling_in_defaults_twice_changes_nothing(parameters):
    completed = with_defaults(parameters)

    problems = parameter_problems(completed)

    assert with_defaults(completed) == completed
    assert {problem.name for problem in problems} <= {"shuffle", "output_activation"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("units_1", " 30 ", 30),
        ("dropout_1", "0.5", 0.5),
        ("stateful", "Yes", True),
        ("cell", "gru", "gru"),
        ("units_1", "many", "many"),
        ("stateful", "perhaps", "perhaps"),
    ],
)
def test_a_text_becomes_the_value_that_it_means(name, text, value):
    assert parse_value(CATALOGUE[name], text) == value


def test_an_unknown_name_is_refused():
    assert message({"units": 3}) == 'units: Hyperparameter "units" not found.'


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("units_1", True, "units_1 must be a number, not true."),
        ("units_1", "30", 'units_1 must be a number, not "30".'),
        ("units_1", 1.5, "units_1 must be a whole number, not 1.5."),
        ("units_1", None, "units_1 must be a number, not nothing."),
        ("units_1", [3], "units_1 must be a number, not a list."),
        ("units_1", {"a": 3}, "units_1 must be a number, not an object."),
        ("units_1", 0, "units_1 must be between 1 and 1024, not 0."),
        ("units_1", 1025, "units_1 must be between 1 and 1024, not 1025."),
        ("units_1", 10**400, "units_1 must be between 1 and 1024, not such a large number."),
        ("dropout_1", math.nan, "dropout_1 must be between 0 and 0.95, not NaN."),
        ("dropout_1", math.inf, "dropout_1 must be between 0 and 0.95, not infinity."),
        ("dropout_1", 1.0, "dropout_1 must be between 0 and 0.95, not 1."),
        ("dropout_1", -0.1, "dropout_1 must be between 0 and 0.95, not -0.1."),
        ("learning_rate", 0, "learning_rate must be greater than 0: with 0, nothing is learned."),
        ("learning_rate", 1.5, "learning_rate must be between 1e-08 and 1, not 1.5."),
        ("batch_size", 4097, "batch_size must be between 1 and 4096, not 4097."),
        ("recurrent_layers", 4, "recurrent_layers must be between 1 and 3, not 4."),
        ("dense_layers", 3, "dense_layers must be between 0 and 2, not 3."),
        ("stateful", 1, "stateful must be true or false, not 1."),
        ("shuffle", "yes", 'shuffle must be true or false, not "yes".'),
        ("cell", "rnn", 'cell must be one of lstm, gru, not "rnn".'),
        ("optimizer", True, "optimizer must be one of sgd, rmsprop, adam, not true."),
        ("target", "x" * 1000, 'target must be one of level, difference, log_return, not "xxx'),
    ],
)
def test_an_impossible_value_is_refused_with_a_short_message(name, value, words):
    refusal = message({name: value})

    assert refusal.startswith(f"{name}: {words}")
    assert len(refusal) < 200


def test_a_number_too_long_to_print_is_refused_with_a_message():
    assert message({"cell": 10**5000}) == (
        "cell: cell must be one of lstm, gru, not such a large number."
    )


@given(st.dictionaries(st.sampled_from(tuple(CATALOGUE)) | st.text(), JSON_VALUES, max_size=4))
def test_whatever_a_client_sends_causes_a_problem_at_most(parameters):
    problems = parameter_problems(parameters)

    assert all(problem.message.encode() for problem in problems)
    assert problems or parameter_problems(with_defaults(parameters)) == []


def test_a_name_that_cannot_be_encoded_is_escaped():
    (problem,) = parameter_problems({"\ud800": 1})

    assert problem.name.encode() == b"\\ud800"


def test_a_stateful_network_cannot_shuffle():
    assert message({"stateful": True, "shuffle": True}).startswith(
        "shuffle: A stateful network carries its state"
    )


def test_a_sigmoid_output_needs_minmax_scaling():
    assert "use minmax scaling or a linear output" in message(
        {"output_activation": "sigmoid", "scaling": "standard"}
    )
