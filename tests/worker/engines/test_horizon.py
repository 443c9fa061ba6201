"""Several rows ahead: every engine trains the same network, and resumes as if undisturbed."""

import numpy as np
import pytest

from tests.worker.networks import fit_with_keras, run_epochs, tiny_config, tiny_data, tiny_training
from worker.engines.fused.engine import FusedEngine
from worker.engines.keras import KerasEngine
from worker.engines.native.engine import NativeEngine

pytestmark = pytest.mark.slow
HORIZON = 5
CHANGES = {
    "dense_layers": 1,
    "target": "difference",
    "scaling": "standard",
    "calendar": "cyclic",
    "season_lags": "season",
}


@pytest.mark.parametrize("engine_type", [NativeEngine, FusedEngine, KerasEngine])
@pytest.mark.parametrize("stateful", [False, True])
def test_losses_of_several_steps_are_those_of_plain_keras(engine_type, stateful):
    changes = {**CHANGES, "stateful": stateful}
    config = tiny_config(HORIZON, **changes)
    data = tiny_data(horizon=HORIZON, **changes)
    engine = engine_type(config, data, 3)

    losses = []
    for _ in range(3):
        losses.append(engine.train_epoch(data.train))
        if stateful:
            engine.evaluate_stateful(data.validation[:40])

    keras_losses = fit_with_keras(config, data, seed=3, epochs=3)["loss"]
    np.testing.assert_allclose(losses, keras_losses, rtol=1e-4)
    assert engine.predict(data.test).shape == (len(data.test), HORIZON)


def test_a_training_of_several_steps_resumes_as_if_it_had_never_ended():
    expected = run_epochs(tiny_training(1, horizon=HORIZON, **CHANGES), 4)
    interrupted = tiny_training(1, horizon=HORIZON, **CHANGES)
    run_epochs(interrupted, 2)
    resumed = tiny_training(1, horizon=HORIZON, **CHANGES)

    resumed.restore(interrupted.checkpoint())

    np.testing.assert_allclose(run_epochs(resumed, 2), expected[2:], rtol=1e-6)
