"""Every engine can go on from another's checkpoint."""

import numpy as np
import pytest

from tests.worker.networks import run_epochs, tiny_config, tiny_data, tiny_training
from worker.engines.selection import ENGINES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("engine", ["fused", "keras"])
def test_every_engine_goes_on_from_a_native_checkpoint(engine, optimizer):
    network = {"stateful": True, "optimizer": optimizer, "batch_size": 16, "time_steps": 4}
    native = tiny_training(seed=5, **network)
    other = tiny_training(seed=5, **network)
    native_again = tiny_training(seed=5, **network)
    other._engine = ENGINES[engine].create(tiny_config(**network), tiny_data(**network), 5)
    run_epochs(native, 2)

    other.restore(native.checkpoint())
    native_again.restore(other.checkpoint())

    expected = run_epochs(native, 2)
    np.testing.assert_allclose(run_epochs(other, 2), expected, rtol=1e-4)
    np.testing.assert_allclose(run_epochs(native_again, 2), expected, rtol=1e-6)
