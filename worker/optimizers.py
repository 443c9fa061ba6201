"""Keras' optimizers on one flat vector of weights: the same formulas and constants, a handful of ops a step."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from worker.network import MOMENTUM

RHO = 0.9  # rmsprop
BETA_1, BETA_2 = 0.9, 0.999  # adam
EPSILON = 1e-7

Slots = tuple[tf.Tensor, ...]
Step = Callable[[tf.Tensor, tf.Tensor, Slots, tf.Tensor, tf.Tensor], tuple[tf.Tensor, Slots]]


def sgd(
    weights: tf.Tensor, gradient: tf.Tensor, slots: Slots, rate: tf.Tensor, _iteration: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """Nesterov momentum (Sutskever et al. 2013), as keras.optimizers.SGD(momentum=0.9, nesterov=True)."""
    move = gradient * rate
    momentum = slots[0] * MOMENTUM - move
    return weights + (momentum * MOMENTUM - move), (momentum,)


def rmsprop(
    weights: tf.Tensor, gradient: tf.Tensor, slots: Slots, rate: tf.Tensor, _iteration: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """As keras.optimizers.RMSprop: epsilon inside the root."""
    velocity = RHO * slots[0] + (1 - RHO) * tf.square(gradient)
    return weights - rate * gradient / tf.sqrt(velocity + EPSILON), (velocity,)


def adam(
    weights: tf.Tensor, gradient: tf.Tensor, slots: Slots, rate: tf.Tensor, iteration: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """Kingma and Ba 2015, as keras.optimizers.Adam: epsilon outside the root. `iteration` counts from 1."""
    local = tf.cast(iteration, tf.float32)
    alpha = rate * tf.sqrt(1 - tf.pow(BETA_2, local)) / (1 - tf.pow(BETA_1, local))
    first = slots[0] + (gradient - slots[0]) * (1 - BETA_1)
    second = slots[1] + (tf.square(gradient) - slots[1]) * (1 - BETA_2)
    return weights - first * alpha / (tf.sqrt(second) + EPSILON), (first, second)


STEPS: dict[str, Step] = {"sgd": sgd, "rmsprop": rmsprop, "adam": adam}
SLOTS = {"sgd": 1, "rmsprop": 1, "adam": 2}  # vectors as long as the weights that each one keeps


def keras_optimizer(name: str, learning_rate: float) -> "keras.optimizers.Optimizer":
    """The stock optimizer with the same constants."""
    kinds: dict[str, Any] = {
        "sgd": lambda: keras.optimizers.SGD(learning_rate, momentum=MOMENTUM, nesterov=True),
        "rmsprop": lambda: keras.optimizers.RMSprop(learning_rate, rho=RHO, epsilon=EPSILON),
        "adam": lambda: keras.optimizers.Adam(learning_rate, BETA_1, BETA_2, EPSILON),
    }
    return kinds[name]()
