"""A search space that goes on where it ended too early."""

from math import log10

import numpy as np
import pytest

from app.domain.importance.importance import measure_importance
from app.domain.importance.objective_model import EvaluatedTrial, fit_objective
from app.domain.importance.widening import widen_space
from app.domain.search_space.space import SearchSpace


def widen(function, document):
    """The document of the wider space after 60 random trials, whose objective is a function."""
    space = SearchSpace.parse(document)
    generator = np.random.default_rng(0)
    drawn = [space.sample(generator) for _ in range(60)]
    trials = [EvaluatedTrial(parameters, function(parameters)) for parameters in drawn]
    wider = widen_space(space, measure_importance(fit_objective(space, trials)))
    if wider is None:
        return None
    assert all(wider.contains(parameters) for parameters in drawn)
    return wider.document()


@pytest.mark.parametrize(
    ("name", "entry", "sign", "expected"),
    [
        ("units_1", {"integer": [8, 64]}, -1, {"integer": [8, 92]}),
        ("units_1", {"integer": [8, 64]}, 1, {"integer": [1, 64]}),
        (
            "dropout_1",
            {"uniform": [0.1, 0.5], "step": 0.1},
            -1,
            {"uniform": [0.1, 0.7], "step": 0.1},
        ),
        ("units_1", {"choice": [4, 8, 16]}, -1, {"choice": [4, 8, 16, 32]}),
        ("time_steps", {"choice": [30, 60, 90]}, -1, {"choice": [30, 60, 90, 135]}),
        ("time_steps", {"choice": [60, 70, 80]}, -1, {"choice": [60, 70, 80, 90]}),
        ("batch_size", {"choice": [64, 16, 32]}, 1, {"choice": [64, 16, 32, 8]}),
    ],
)
def test_the_end_that_is_best_is_moved_on(name, entry, sign, expected):
    document = {name: entry, "cell": {"choice": ["lstm", "gru"]}}

    wider = widen(lambda row: 100.0 + sign * row[name], document)

    assert wider == {name: expected, "cell": {"choice": ["lstm", "gru"]}}


def test_a_logarithmic_range_goes_on_by_half_of_its_powers_of_ten():
    document = {"learning_rate": {"loguniform": [1e-4, 1e-2]}, "cell": {"choice": ["lstm", "gru"]}}

    wider = widen(lambda row: 9 + log10(row["learning_rate"]), document)

    assert wider["learning_rate"]["loguniform"] == [pytest.approx(1e-5), 1e-2]


def test_no_range_goes_on_beyond_what_its_hyperparameter_allows():
    document = {"dropout_1": {"uniform": [0.2, 0.9]}, "cell": {"choice": ["lstm", "gru"]}}

    low, high = widen(lambda row: 2 - row["dropout_1"], document)["dropout_1"]["uniform"]

    assert low == 0.2
    assert 0.9 < high <= 1


def test_a_range_that_ends_at_what_is_allowed_cannot_go_on():
    document = {"dropout_1": {"uniform": [0.0, 0.9]}, "cell": {"choice": ["lstm", "gru"]}}

    assert widen(lambda row: 2 + row["dropout_1"], document) is None


def test_where_the_best_lies_inside_nothing_is_wider():
    document = {"learning_rate": {"loguniform": [1e-4, 1e-1]}, "cell": {"choice": ["lstm", "gru"]}}

    assert widen(lambda row: (log10(row["learning_rate"]) + 2.5) ** 2, document) is None


def test_conditions_and_fixed_values_stay():
    document = {
        "recurrent_layers": {"choice": [1, 2]},
        "units_2": {"choice": [4, 8, 16], "when": {"recurrent_layers": 2}},
        "epochs": 7,
    }

    wider = widen(lambda row: 100.0 - row.get("units_2", 0), document)

    wider_units = {"choice": [4, 8, 16, 32], "when": {"recurrent_layers": 2}}
    assert wider == {**document, "units_2": wider_units}
