"""Parameters of one trial: completing them, and what is refused in which words."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_space.parameters import (
    CATALOGUE,
    complete,
    fit_problems,
    is_active,
    problems,
)
from tests.app.domain.spaces import values

LISTED = (
    *("cell", "recurrent_layers", "units_1", "dropout_1", "input_dropout_1", "recurrent_dropout_1"),
    *("units_2", "dropout_2", "input_dropout_2", "recurrent_dropout_2"),
    *("units_3", "dropout_3", "input_dropout_3", "recurrent_dropout_3"),
    *("dense_layers", "dense_units_1", "dense_units_2", "output_activation"),
    *("optimizer", "learning_rate", "batch_size", "epochs", "patience", "stateful", "shuffle"),
    *("time_steps", "target", "scaling"),
)
possible = st.fixed_dictionaries(
    {}, optional={name: values(row) for name, row in CATALOGUE.items()}
)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
)


def message(parameters: dict[str, Any]) -> str:
    (found,) = problems(parameters)
    return f"{found.name}: {found.message}"


def test_every_hyperparameter_of_the_catalogue_has_words_and_a_possible_default():
    for row in CATALOGUE.values():
        assert row.label
        assert row.help.endswith(".")
        assert problems({row.name: row.default}) == []


def test_the_catalogue_has_the_names_that_others_rely_on():
    assert tuple(CATALOGUE) == LISTED


def test_what_is_left_out_gets_its_default():
    completed = complete({"units_1": 8})
    assert completed["units_1"] == 8
    assert completed["optimizer"] == "adam"
    assert problems(completed) == []


def test_layers_that_are_not_there_have_no_parameters():
    completed = complete({"recurrent_layers": 1, "units_2": 64, "dense_layers": 1})
    assert "units_2" not in completed
    assert "dropout_2" not in completed
    assert "dense_units_1" in completed
    assert "dense_units_2" not in completed


def test_a_second_layer_is_active_from_two_layers_on():
    assert [is_active("units_2", {"recurrent_layers": layers}) for layers in (1, 2, 3)] == [
        False,
        True,
        True,
    ]


def test_the_same_meaning_makes_equal_parameters_of_equal_types():
    left = complete({"units_1": 30.0, "dropout_1": 0, "units_3": 7})
    right = complete({"dropout_1": 0.0, "units_1": 30})
    assert left == right
    assert [type(value) for value in left.values()] == [type(value) for value in right.values()]
    assert list(left) == list(right)


@given(possible)
def test_completing_twice_changes_nothing(parameters):
    once = complete(parameters)
    assert complete(once) == once
    assert {problem.name for problem in problems(once)} <= {"shuffle", "output_activation"}


def test_an_unknown_name_is_refused():
    assert message({"units": 3}) == 'units: There is no hyperparameter "units".'


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("units_1", True, "units_1 is a number, not true."),
        ("units_1", "30", 'units_1 is a number, not "30".'),
        ("units_1", 1.5, "units_1 is a whole number, not 1.5."),
        ("units_1", None, "units_1 is a number, not nothing."),
        ("units_1", [3], "units_1 is a number, not a list."),
        ("units_1", {"a": 3}, "units_1 is a number, not an object."),
        ("units_1", 0, "units_1 lies between 1 and 1024, and 0 does not."),
        ("units_1", 1025, "units_1 lies between 1 and 1024, and 1025 does not."),
        (
            "units_1",
            10**400,
            "units_1 lies between 1 and 1024: a number that large is out of the question.",
        ),
        (
            "dropout_1",
            math.nan,
            "dropout_1 lies between 0 and 0.95: something that is not a number is out of ",
        ),
        (
            "dropout_1",
            math.inf,
            "dropout_1 lies between 0 and 0.95: infinity is out of the question.",
        ),
        ("dropout_1", 1.0, "dropout_1 lies between 0 and 0.95, and 1 does not."),
        ("dropout_1", -0.1, "dropout_1 lies between 0 and 0.95, and -0.1 does not."),
        ("learning_rate", 0, "learning_rate must be greater than 0, else nothing is learnt."),
        ("learning_rate", 1.5, "learning_rate lies between 1e-08 and 1, and 1.5 does not."),
        ("batch_size", 4097, "batch_size lies between 1 and 4096, and 4097 does not."),
        ("recurrent_layers", 4, "recurrent_layers lies between 1 and 3, and 4 does not."),
        ("dense_layers", 3, "dense_layers lies between 0 and 2, and 3 does not."),
        ("stateful", 1, "stateful is true or false, not 1."),
        ("shuffle", "yes", 'shuffle is true or false, not "yes".'),
        ("cell", "rnn", 'cell is one of lstm, gru, not "rnn".'),
        ("optimizer", True, "optimizer is one of sgd, rmsprop, adam, not true."),
        ("target", "x" * 1000, 'target is one of level, difference, log_return, not "xxx'),
    ],
)
def test_an_impossible_value_is_refused_in_words(name, value, words):
    assert message({name: value}).startswith(f"{name}: {words}")
    assert len(message({name: value})) < 200


def test_a_number_too_long_to_be_printed_is_refused_in_words():
    assert message({"cell": 10**5000}) == "cell: cell is one of lstm, gru, not a number that large."


@given(st.dictionaries(st.sampled_from(LISTED) | st.text(), json, max_size=4))
def test_nothing_that_a_client_can_send_is_more_than_a_problem(parameters):
    found = problems(parameters)
    assert all(problem.message.encode() for problem in found)
    assert found or problems(complete(parameters)) == []


def test_a_name_that_cannot_be_sent_on_is_shown_escaped():
    (found,) = problems({"\ud800": 1})
    assert found.name.encode() == b"\\ud800"


def test_a_stateful_network_cannot_shuffle():
    assert message({"stateful": True, "shuffle": True}).startswith(
        "shuffle: stateful carries the state"
    )


def test_a_sigmoid_output_needs_minmax_scaling():
    assert "use minmax or linear" in message(
        {"output_activation": "sigmoid", "scaling": "standard"}
    )


def fitting(train: int = 100, validation: int = 20, **parameters: Any) -> str:
    settled = complete({"target": "level", **parameters})
    return " ".join(
        f"{problem.name}: {problem.message}" for problem in fit_problems(settled, train, validation)
    )


def test_parameters_that_fit_have_no_problem():
    assert fitting(time_steps=30, batch_size=32) == ""


@pytest.mark.parametrize(
    ("target", "longest"), [("level", 99), ("difference", 98), ("log_return", 98)]
)
def test_a_window_must_leave_a_row_of_the_train_part_to_predict(target, longest):
    assert fitting(time_steps=longest, batch_size=1, target=target) == ""
    refused = fitting(time_steps=longest + 1, batch_size=1, target=target)
    assert (
        refused
        == f"time_steps: Windows of {longest + 1} rows do not fit into a train part of 100 rows."
    )


def test_a_batch_cannot_be_larger_than_the_number_of_windows():
    assert fitting(time_steps=60, batch_size=40) == ""
    refused = fitting(time_steps=60, batch_size=41)
    assert (
        refused
        == "batch_size: A batch of 41 is more than the 40 windows of 60 rows in the train part."
    )


def test_a_stateful_network_needs_a_whole_batch_in_the_validation_part():
    assert fitting(time_steps=10, batch_size=21) == ""
    assert fitting(time_steps=10, batch_size=20, stateful=True) == ""
    assert "the validation part has 20 rows" in fitting(time_steps=10, batch_size=21, stateful=True)


def test_a_network_that_would_need_all_memory_is_refused():
    large = {
        "units_1": 1024,
        "units_2": 1024,
        "recurrent_layers": 2,
        "batch_size": 512,
        "time_steps": 200,
    }
    assert fitting(train=5000, validation=500, units_1=256, batch_size=64, time_steps=60) == ""
    assert "and 4 GB is the most" in fitting(train=5000, validation=500, **large)
