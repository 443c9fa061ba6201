"""The weights that TensorFlow's fused kernel takes."""

import numpy as np

from tests.worker.networks import tiny_config
from worker.engines.fused import kernels
from worker.network import initial_weights


def test_packing_weights_for_the_kernel_loses_nothing():
    config = tiny_config(recurrent_layers=2, dense_layers=1)
    weights = initial_weights(config, 3, seed=1)

    unpacked = kernels.unpack_weights(kernels.pack_weights(weights, 2), 2)

    for before, after in zip(weights, unpacked, strict=True):
        np.testing.assert_array_equal(before, after)
