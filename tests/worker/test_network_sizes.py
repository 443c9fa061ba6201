"""The server's count of weights, against what Keras builds of the same trial."""

import numpy as np
import pytest

from app.domain.calendar_inputs import find_cycles
from app.domain.network_size import DataShape, count_inputs, count_weights
from app.domain.seasons import season_lags
from tests.worker.networks import (
    COLUMNS,
    HOURS,
    PARTS,
    SEASONS,
    tiny_parameters,
    tiny_series,
)
from worker.extra_inputs import KnownAhead
from worker.network import NetworkConfig, build_model
from worker.windows import WindowConfig, prepare

TWO_LAYERS = {"recurrent_layers": 2, "units_1": 7, "units_2": 3}
THREE_LAYERS = {**TWO_LAYERS, "recurrent_layers": 3, "units_3": 5}
DENSE = {"dense_layers": 2, "dense_units_1": 6, "dense_units_2": 2}
EXTRA_INPUTS = {"calendar": "cyclic", "season_lags": "season"}


def built_model(parameters, horizon):
    """The network as a worker trains it on the tiny series, of which one column is known ahead."""
    series = tiny_series()
    prepared = prepare(
        series,
        0,
        WindowConfig.from_parameters(parameters, horizon),
        PARTS,
        COLUMNS,
        dates=HOURS[: len(series)],
        season_lengths=SEASONS,
        known_ahead=KnownAhead(("open",), series[:, 1:2]),
    )
    inputs = prepared.inputs.shape[1]
    config = NetworkConfig.from_parameters(parameters, horizon)
    return inputs, build_model(config, inputs)


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [{}, TWO_LAYERS, {**THREE_LAYERS, **DENSE, **EXTRA_INPUTS}])
def test_the_counts_are_those_of_the_network_that_a_worker_builds(cell, layers, horizon):
    parameters = tiny_parameters(cell=cell, **layers)
    series = tiny_series()
    shape = DataShape(
        features=len(COLUMNS),
        known_ahead=1,
        seasons=len(season_lags(SEASONS)),
        cycles=len(find_cycles(np.asarray(HOURS[: len(series)]))),
        horizon=horizon,
    )
    inputs, model = built_model(parameters, horizon)

    assert count_inputs(parameters, shape) == inputs
    assert count_weights(parameters, shape) == model.count_params()
