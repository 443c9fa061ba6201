"""TensorFlow's fused kernels: the losses of plain Keras, and one trace for every size."""

import numpy as np
import pytest

from tests.worker.networks import fit_with_keras, tiny_config, tiny_data
from worker.engines.fused.engine import FusedEngine
from worker.engines.tracing import trace_count

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "changes",
    [
        {
            "recurrent_layers": 2,
            "dense_layers": 1,
            "calendar": "cyclic",
            "season_lags": "season",
        },
        {"stateful": True, "optimizer": "adam", "output_activation": "sigmoid"},
    ],
    ids=["layers", "stateful"],
)
def test_fused_losses_are_those_of_plain_keras(changes):
    config = tiny_config(**changes)
    data = tiny_data(**changes)
    engine = FusedEngine(config, data, 3)

    losses = []
    for _ in range(3):
        losses.append(engine.train_epoch(data.train))
        if config.stateful:
            engine.evaluate_stateful(data.validation[:40])

    keras_losses = fit_with_keras(config, data, seed=3, epochs=3)["loss"]
    np.testing.assert_allclose(losses, keras_losses, rtol=1e-4)


def test_networks_of_other_sizes_are_not_traced_again():
    first = {"units_1": 3}
    second = {"units_1": 9, "time_steps": 7, "batch_size": 4, "learning_rate": 0.5}
    first_data = tiny_data(**first)
    second_data = tiny_data(**second)
    FusedEngine(tiny_config(**first), first_data, 1).train_epoch(first_data.train)
    traces_before = trace_count()

    loss = FusedEngine(tiny_config(**second), second_data, 1).train_epoch(second_data.train)

    assert trace_count() == traces_before
    assert np.isfinite(loss)
