"""TensorFlow's fused kernels: the losses of plain Keras, and one trace for every size."""

import numpy as np
import pytest

from tests.worker.networks import fit_with_keras, parameters, prepared
from worker.engines.fused import kernels
from worker.engines.fused.engine import FusedEngine
from worker.engines.fused.graphs import trace_count
from worker.network import initial_weights


def test_packing_weights_for_the_kernel_loses_nothing():
    values = parameters(recurrent_layers=2, dense_layers=1)
    weights = initial_weights(values, 3, seed=1)
    back = kernels.unpack(kernels.pack(weights, 2), 2)
    assert all((a == b).all() for a, b in zip(back, weights, strict=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"recurrent_layers": 2, "dense_layers": 1},
        {"stateful": True, "optimizer": "adam", "output_activation": "sigmoid"},
    ],
    ids=["layers", "stateful"],
)
def test_fused_losses_are_those_of_plain_keras(changes):
    values = parameters(**changes)
    data = prepared(values)
    engine = FusedEngine(values, data, 3)
    found = []
    for _ in range(3):
        found.append(engine.train(data.train))
        if values["stateful"]:
            engine.carry_through(data.validation[:40])
    np.testing.assert_allclose(
        found, fit_with_keras(values, data, seed=3, epochs=3)["loss"], rtol=1e-4
    )


def test_networks_of_other_sizes_are_not_traced_again():
    first, second = (
        parameters(units_1=3),
        parameters(units_1=9, time_steps=7, batch_size=4, learning_rate=0.5),
    )
    FusedEngine(first, data := prepared(first), 1).train(data.train)
    before = trace_count()
    loss = FusedEngine(second, data := prepared(second), 1).train(data.train)
    assert trace_count() == before
    assert np.isfinite(loss)
