"""Keras' optimizers on one flat vector of weights: the same formulas and constants, a handful of ops a step."""

from collections.abc import Callable

import tensorflow as tf

from worker.engines.optimizers import BETA_1, BETA_2, EPSILON, MOMENTUM, RHO

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
