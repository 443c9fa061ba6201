"""What of a space is not searched is said."""

import pytest

from app.domain.search_space.notes import describe_losses, find_unmet_conditions
from app.domain.search_space.space import SearchSpace


@pytest.mark.parametrize(
    ("document", "notes"),
    [
        (
            {"learning_rate": {"loguniform": [1e-12, 0.1]}},
            ["learning_rate: 1e-12 is not possible; the search keeps to 1e-08 there."],
        ),
        (
            {"dropout_1": {"uniform": [0, 1], "step": 0.1}},
            ["dropout_1: 1 is not possible; the search keeps to 0.9 there."],
        ),
        (
            {"units_2": {"choice": [8, 16]}},
            ["units_2 is not used: recurrent_layers is always less than 2 here."],
        ),
        ({"learning_rate": {"loguniform": [1e-8, 0.1]}, "dropout_1": {"uniform": [0, 0.9]}}, []),
        ({"units_2": {"choice": [8, 16]}, "recurrent_layers": {"choice": [1, 2]}}, []),
    ],
)
def test_bounds_that_are_cut_and_what_has_no_effect_are_named(
    document: dict[str, object], notes: list[str]
) -> None:
    space = SearchSpace.parse(document)

    assert describe_losses(document, space) == notes
    assert find_unmet_conditions(space) == []


@pytest.mark.parametrize(
    ("when", "others", "words"),
    [
        ({"optimizer": "sgd"}, {}, "asks for optimizer=sgd, but optimizer is always adam here."),
        (
            {"optimizer": ["sgd", "rmsprop"]},
            {"optimizer": "adam"},
            "asks for optimizer=sgd or rmsprop, but optimizer is always adam here.",
        ),
        (
            {"recurrent_layers": 3},
            {"recurrent_layers": {"choice": [1, 2]}},
            "asks for recurrent_layers=3, but recurrent_layers is always 1 or 2 here.",
        ),
        (
            {"epochs": 50},
            {"epochs": {"integer": [5, 20]}},
            "asks for epochs=50, but epochs is always from 5 to 20 here.",
        ),
        ({"units_2": 8}, {"units_2": {"choice": [8, 9]}}, "its conditions never hold together."),
    ],
)
def test_a_condition_that_can_never_hold_is_named(
    when: dict[str, object], others: dict[str, object], words: str
) -> None:
    space = SearchSpace.parse({"learning_rate": {"choice": [0.1, 0.2], "when": when}, **others})

    (problem,) = find_unmet_conditions(space)

    assert problem.name == "learning_rate"
    assert problem.message == f"learning_rate is never searched: its condition {words}" or (
        problem.message == f"learning_rate is never searched: {words}"
    )


def test_a_condition_that_holds_sometimes_is_no_problem() -> None:
    space = SearchSpace.parse(
        {
            "learning_rate": {"choice": [0.1, 0.2], "when": {"optimizer": ["sgd", "adam"]}},
            "optimizer": {"choice": ["adam", "rmsprop"]},
        }
    )

    assert find_unmet_conditions(space) == []
