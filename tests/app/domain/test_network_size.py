"""How large a network is, against Keras' own formulas."""

import pytest

from app.domain.network_size import DataShape, count_weights, units_of_layers

ONE_LAYER = {"time_steps": 5, "recurrent_layers": 1, "units_1": 8, "dense_layers": 0}
TWO_LAYERS = {"time_steps": 5, "recurrent_layers": 2, "units_1": 8, "units_2": 4}
DENSE = {"dense_layers": 1, "dense_units_1": 5}


@pytest.mark.parametrize(
    ("parameters", "weights"),
    [
        (
            {
                "cell": "lstm",
                "time_steps": 5,
                "recurrent_layers": 1,
                "units_1": 8,
                "dense_layers": 0,
            },
            4 * 8 * 12 + 9,
        ),
        (
            {"cell": "gru", "time_steps": 5, **TWO_LAYERS, **DENSE},
            3 * 8 * 13 + 3 * 4 * 14 + 5 * 5 + 6,
        ),
    ],
)
def test_the_weights_of_all_layers_are_counted(parameters, weights):
    assert count_weights(parameters, DataShape(features=3)) == weights


def test_a_custom_model_has_no_known_layers():
    assert units_of_layers({"lr": 0.1}) == []
