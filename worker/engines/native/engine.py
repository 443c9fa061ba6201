"""Trains in native code. No graph is built, so a training of any size starts at once."""

from collections.abc import Sequence

import numpy as np

from worker.engines.native import optimizers
from worker.engines.native.sequential import MaskSource, Sequential
from worker.engines.optimizers import (
    ADAM_BETA_1,
    ADAM_BETA_2,
    EPSILON,
    RMSPROP_RHO,
    SGD_MOMENTUM,
    variables_per_weight,
)
from worker.engines.state import EngineState, flatten, unflatten
from worker.network import NetworkConfig, Optimizer, initial_weights
from worker.windows import PreparedData

PREDICTION_BATCH = 64


class NativeEngine:
    """Trains any network on a CPU. See worker.engines.selection.Engine."""

    def __init__(self, config: NetworkConfig, data: PreparedData, seed: int) -> None:
        features = data.inputs.shape[1]
        weights = initial_weights(config, features, seed)
        vector = flatten(weights)
        variables = variables_per_weight(config.optimizer)
        self.config = config
        self.seed = seed
        self.iteration = 0
        self.inputs = data.inputs
        self.targets = data.targets
        self.shapes = [weight.shape for weight in weights]
        self.network = Sequential(config, features, config.batch_size, vector)
        self.optimizer_variables = np.zeros((variables, vector.size), np.float32)
        # Predictions have a network of their own: another batch size, and no states to disturb.
        self.prediction_network = Sequential(config, features, PREDICTION_BATCH, vector.copy())

    def train_epoch(self, rows: np.ndarray) -> float:
        """Train on whole batches of these rows, in this order; the mean training loss."""
        masks = self._create_mask_source()
        batches = rows.reshape(-1, self.config.batch_size)
        total_loss = 0.0
        with np.errstate(all="ignore"):
            for batch in batches:
                errors = self._predict_errors(batch, masks)
                total_loss += float(np.mean(errors * errors))
                self.network.backward(errors * np.float32(2 / errors.size))
                self._step_optimizer()
                self._carry_states()
        return total_loss / len(batches)

    def evaluate_stateful(self, rows: np.ndarray) -> float:
        """The loss over whole batches of these rows, states carried on."""
        losses = []
        with np.errstate(all="ignore"):
            for batch in rows.reshape(-1, self.config.batch_size):
                errors = self._predict_errors(batch, None)
                losses.append(np.mean(errors**2))
                self._carry_states()
        return float(np.mean(losses))

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs, float32 (rows, horizon), from fresh states; weights None: the present."""
        vector = self.network.weights if weights is None else flatten(weights)
        self.prediction_network.weights[:] = vector
        predicted = np.empty((len(rows), self.config.horizon), np.float32)
        with np.errstate(all="ignore"):
            for start in range(0, len(rows), PREDICTION_BATCH):
                chunk = rows[start : start + PREDICTION_BATCH]
                batch = np.resize(chunk, PREDICTION_BATCH)  # repeats rows to fill the batch
                outputs = self.prediction_network.forward(self.inputs, batch, None)
                predicted[start : start + len(chunk)] = outputs[: len(chunk)]
        return predicted

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return unflatten(self.network.weights, self.shapes)

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        layer_states = []
        if self.config.stateful:
            layer_states = [state.copy() for state in self.network.states]
        return EngineState(
            iteration=self.iteration,
            weights=self.weights(),
            optimizer_variables=[
                unflatten(vector, self.shapes) for vector in self.optimizer_variables
            ],
            layer_states=layer_states,
        )

    def load_state(self, state: EngineState) -> None:
        """Go on from a state, which may be another engine's."""
        self.iteration = state.iteration
        self.network.weights[:] = flatten(state.weights)
        for vector, saved in zip(self.optimizer_variables, state.optimizer_variables, strict=True):
            vector[:] = flatten(saved)
        if state.layer_states:
            for view, saved_state in zip(self.network.states, state.layer_states, strict=True):
                view[:] = saved_state

    def close(self) -> None:
        """Do nothing: arrays are freed with the object."""

    def _create_mask_source(self) -> MaskSource | None:
        """Where this epoch's dropout masks come from: the seed and the steps done decide."""
        if not self.config.has_dropout:
            return None
        return MaskSource(np.random.default_rng([self.seed, 2, self.iteration]))

    def _predict_errors(self, rows: np.ndarray, masks: MaskSource | None) -> np.ndarray:
        """Predictions less targets of one batch, float32 (batch, horizon)."""
        predictions = self.network.forward(self.inputs, rows, masks)
        return np.asarray(predictions - self.targets[rows])

    def _step_optimizer(self) -> None:
        """Change the weights by their gradients."""
        self.iteration += 1
        rate = self.config.learning_rate
        arrays = (self.network.weights, self.network.gradients, self.optimizer_variables)
        if self.config.optimizer == Optimizer.ADAM:
            correction_1 = 1 - ADAM_BETA_1**self.iteration
            correction_2 = 1 - ADAM_BETA_2**self.iteration
            corrected_rate = rate * np.sqrt(correction_2) / correction_1
            optimizers.step_adam(*arrays, corrected_rate, ADAM_BETA_1, ADAM_BETA_2, EPSILON)
        elif self.config.optimizer == Optimizer.RMSPROP:
            optimizers.step_rmsprop(*arrays, rate, RMSPROP_RHO, EPSILON)
        else:
            optimizers.step_sgd(*arrays, rate, SGD_MOMENTUM)

    def _carry_states(self) -> None:
        """Let the next batch start from the states of this one, if the network is stateful."""
        if self.config.stateful:
            self.network.carry_states()
