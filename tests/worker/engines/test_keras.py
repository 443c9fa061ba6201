"""Stock Keras layers as an engine. Its numbers are compared in tests/worker/test_training.py."""

import tensorflow as tf

from tests.worker.networks import tiny_config, tiny_data
from worker.engines.keras import KerasEngine


def test_a_gpu_computes_with_the_precision_of_a_cpu():
    tf.config.experimental.enable_tensor_float_32_execution(True)

    KerasEngine(tiny_config(), tiny_data(), seed=1)

    assert not tf.config.experimental.tensor_float_32_execution_enabled()
