"""Keras' optimizers on one vector of weights (n,), changed in place, with its gradient (n,).

`variables` (1 or 2, n) is what the optimizer keeps for each weight. The compiler may regroup
products (see jit.py), so even a name for a factor can change the last digit of a training.
"""

import numpy as np

from worker.engines.native.jit import cached_njit


@cached_njit
def step_sgd(
    weights: np.ndarray,
    gradient: np.ndarray,
    variables: np.ndarray,
    learning_rate: float,
    momentum: float,
) -> None:
    """Nesterov momentum (Sutskever et al. 2013), as keras.optimizers.SGD(nesterov=True)."""
    rate = np.float32(learning_rate)
    mu = np.float32(momentum)
    velocity = variables[0]
    for n in range(weights.size):
        step = rate * gradient[n]
        new_velocity = velocity[n] * mu - step
        velocity[n] = new_velocity
        weights[n] += new_velocity * mu - step


@cached_njit
def step_rmsprop(
    weights: np.ndarray,
    gradient: np.ndarray,
    variables: np.ndarray,
    learning_rate: float,
    rho: float,
    epsilon: float,
) -> None:
    """RMSprop (Hinton 2012), as keras.optimizers.RMSprop: epsilon stands inside the root."""
    rate = np.float32(learning_rate)
    decay = np.float32(rho)
    gain = np.float32(1 - rho)
    small = np.float32(epsilon)
    mean_square = variables[0]
    for n in range(weights.size):
        mean_square[n] = decay * mean_square[n] + gain * gradient[n] * gradient[n]
        weights[n] -= rate * gradient[n] / np.sqrt(mean_square[n] + small)


@cached_njit
def step_adam(
    weights: np.ndarray,
    gradient: np.ndarray,
    variables: np.ndarray,
    corrected_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """Adam (Kingma and Ba 2015), as keras.optimizers.Adam: epsilon stands outside the root.

    `corrected_rate` is the learning rate with both moments' biases corrected.
    """
    rate = np.float32(corrected_rate)
    gain_1 = np.float32(1 - beta_1)
    gain_2 = np.float32(1 - beta_2)
    small = np.float32(epsilon)
    moment_1 = variables[0]
    moment_2 = variables[1]
    for n in range(weights.size):
        g = gradient[n]
        moment_1[n] += (g - moment_1[n]) * gain_1
        moment_2[n] += (g * g - moment_2[n]) * gain_2
        weights[n] -= moment_1[n] * rate / (np.sqrt(moment_2[n]) + small)
