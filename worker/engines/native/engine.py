"""Trains in native code: no graph is built, so a training starts at once and every size costs the same to start."""

from collections.abc import Sequence

import numpy as np

from worker import network
from worker.engines.native import optimizers
from worker.engines.native.sequential import Masks, Stack
from worker.engines.optimizers import BETA_1, BETA_2, EPSILON, MOMENTUM, RHO, SLOTS
from worker.engines.state import EngineState, cut, flattened
from worker.network import Parameters
from worker.windows import Prepared

JUDGED_AT_ONCE = 64  # rows of a prediction


class NativeEngine:
    """Any network, on processors."""

    def __init__(self, parameters: Parameters, prepared: Prepared, seed: int) -> None:
        features = prepared.inputs.shape[1]
        self.parameters, self.seed, self.iteration = parameters, seed, 0
        self.inputs, self.targets = prepared.inputs, prepared.targets
        weights = network.initial_weights(parameters, features, seed)
        self.shapes = [weight.shape for weight in weights]
        flat = flattened(weights)
        self.slots = np.zeros((SLOTS[parameters["optimizer"]], flat.size), np.float32)
        self.batch = int(parameters["batch_size"])
        self.stack = Stack(parameters, features, self.batch, flat)
        self.judge = Stack(parameters, features, JUDGED_AT_ONCE, flat.copy())
        rates = (self.stack.dropout, self.stack.input_dropout, self.stack.recurrent_dropout)
        self.drops = any(rate for kind in rates for rate in kind)

    def train(self, rows: np.ndarray) -> float:
        """One epoch over these rows, whole batches in this order; the mean training loss."""
        masks = Masks(np.random.default_rng([self.seed, 2, self.iteration])) if self.drops else None
        total, batches = 0.0, rows.reshape(-1, self.batch)
        with np.errstate(all="ignore"):
            for now in batches:
                errors = self._errors(now, masks)
                total += float(np.mean(errors * errors))
                self.stack.backward(errors * np.float32(2 / self.batch))
                self._move()
                self._carry()
        return total / len(batches)

    def _errors(self, rows: np.ndarray, masks: Masks | None) -> np.ndarray:
        """Prediction less target of one batch."""
        return np.asarray(self.stack.forward(self.inputs, rows, masks) - self.targets[rows])

    def _carry(self) -> None:
        """Let the next batch start from the states of this one, where the network is stateful."""
        if self.parameters["stateful"]:
            self.stack.carry()

    def _move(self) -> None:
        """One step of the optimizer."""
        self.iteration += 1
        name, rate = self.parameters["optimizer"], float(self.parameters["learning_rate"])
        moved = (self.stack.weights, self.stack.gradients, self.slots)
        if name == "adam":
            alpha = rate * np.sqrt(1 - BETA_2**self.iteration) / (1 - BETA_1**self.iteration)
            optimizers.adam(*moved, alpha, BETA_1, BETA_2, EPSILON)
        elif name == "rmsprop":
            optimizers.rmsprop(*moved, rate, RHO, EPSILON)
        else:
            optimizers.sgd(*moved, rate, MOMENTUM)

    def carry_through(self, rows: np.ndarray) -> float:
        """The loss over these rows as a stateful network meets them after training: its states go on."""
        losses = []
        with np.errstate(all="ignore"):
            for now in rows.reshape(-1, self.batch):
                losses.append(np.mean(self._errors(now, None) ** 2))
                self._carry()
        return float(np.mean(losses))

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Network outputs (rows,), float32, from these weights or the present ones, states fresh."""
        self.judge.weights[:] = self.stack.weights if weights is None else flattened(weights)
        predicted = np.empty(len(rows), np.float32)
        with np.errstate(all="ignore"):
            for start in range(0, len(rows), JUDGED_AT_ONCE):
                chunk = rows[start : start + JUDGED_AT_ONCE]
                whole = np.resize(chunk, JUDGED_AT_ONCE)
                predicted[start : start + len(chunk)] = self.judge.forward(
                    self.inputs, whole, None
                )[: len(chunk)]
        return predicted

    def weights(self) -> list[np.ndarray]:
        """The weights in Keras' order."""
        return cut(self.stack.weights, self.shapes)

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        slots = [cut(slot, self.shapes) for slot in self.slots]
        states = (
            [state.copy() for state in self.stack.states] if self.parameters["stateful"] else []
        )
        return EngineState(self.iteration, self.weights(), slots, states)

    def load(self, state: EngineState) -> None:
        """The inverse of `state`."""
        self.iteration = state.iteration
        self.stack.weights[:] = flattened(state.weights)
        for slot, saved in zip(self.slots, state.slots, strict=True):
            slot[:] = flattened(saved)
        for view, kept in zip(self.stack.states, state.states, strict=False):
            view[:] = kept

    def close(self) -> None:
        """Nothing to free: arrays go with the object."""
