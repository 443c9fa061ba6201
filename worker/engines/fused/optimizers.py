"""Keras' optimizers on one vector of weights (n,): the same formulas, a handful of ops a step.

Each returns the new weights and the optimizer's new variables.
"""

from collections.abc import Callable

import tensorflow as tf

from worker.engines.optimizers import (
    ADAM_BETA_1,
    ADAM_BETA_2,
    EPSILON,
    RMSPROP_RHO,
    SGD_MOMENTUM,
)
from worker.network import Optimizer

Variables = tuple[tf.Tensor, ...]
OptimizerStep = Callable[
    [tf.Tensor, tf.Tensor, Variables, tf.Tensor, tf.Tensor], tuple[tf.Tensor, Variables]
]


def step_sgd(
    weights: tf.Tensor,
    gradient: tf.Tensor,
    variables: Variables,
    learning_rate: tf.Tensor,
    _iteration: tf.Tensor,
) -> tuple[tf.Tensor, Variables]:
    """Nesterov momentum (Sutskever et al. 2013), as keras.optimizers.SGD(nesterov=True)."""
    (velocity,) = variables
    step = gradient * learning_rate
    new_velocity = velocity * SGD_MOMENTUM - step
    new_weights = weights + (new_velocity * SGD_MOMENTUM - step)
    return new_weights, (new_velocity,)


def step_rmsprop(
    weights: tf.Tensor,
    gradient: tf.Tensor,
    variables: Variables,
    learning_rate: tf.Tensor,
    _iteration: tf.Tensor,
) -> tuple[tf.Tensor, Variables]:
    """RMSprop (Hinton 2012), as keras.optimizers.RMSprop: epsilon stands inside the root."""
    (mean_square,) = variables
    new_mean_square = RMSPROP_RHO * mean_square + (1 - RMSPROP_RHO) * tf.square(gradient)
    root = tf.sqrt(new_mean_square + EPSILON)
    new_weights = weights - learning_rate * gradient / root
    return new_weights, (new_mean_square,)


def step_adam(
    weights: tf.Tensor,
    gradient: tf.Tensor,
    variables: Variables,
    learning_rate: tf.Tensor,
    iteration: tf.Tensor,
) -> tuple[tf.Tensor, Variables]:
    """Adam (Kingma and Ba 2015), as keras.optimizers.Adam: epsilon stands outside the root.

    `iteration` counts from 1.
    """
    steps = tf.cast(iteration, tf.float32)
    correction_1 = 1 - tf.pow(ADAM_BETA_1, steps)
    correction_2 = 1 - tf.pow(ADAM_BETA_2, steps)
    corrected_rate = learning_rate * tf.sqrt(correction_2) / correction_1
    moment_1, moment_2 = variables
    new_moment_1 = moment_1 + (gradient - moment_1) * (1 - ADAM_BETA_1)
    new_moment_2 = moment_2 + (tf.square(gradient) - moment_2) * (1 - ADAM_BETA_2)
    root = tf.sqrt(new_moment_2) + EPSILON
    new_weights = weights - new_moment_1 * corrected_rate / root
    return new_weights, (new_moment_1, new_moment_2)


OPTIMIZER_STEPS: dict[Optimizer, OptimizerStep] = {
    Optimizer.SGD: step_sgd,
    Optimizer.RMSPROP: step_rmsprop,
    Optimizer.ADAM: step_adam,
}
