"""The optimizers of every engine: their constants, which are Keras' defaults, and Keras' own."""

from typing import TYPE_CHECKING

from worker.network import Optimizer

if TYPE_CHECKING:
    import keras

SGD_MOMENTUM = 0.9
RMSPROP_RHO = 0.9
ADAM_BETA_1 = 0.9
ADAM_BETA_2 = 0.999
EPSILON = 1e-7  # of rmsprop and adam

KERAS_VARIABLES = {
    Optimizer.SGD: ("momentums",),
    Optimizer.RMSPROP: ("_velocities",),
    Optimizer.ADAM: ("_momentums", "_velocities"),
}  # the attributes under which a Keras optimizer keeps its variables


def variables_per_weight(optimizer: Optimizer) -> int:
    """How many numbers an optimizer keeps for each weight."""
    return len(KERAS_VARIABLES[optimizer])


def keras_optimizer(kind: Optimizer, learning_rate: float) -> "keras.optimizers.Optimizer":
    """The optimizer of Keras, with our constants."""
    import keras

    if kind == Optimizer.SGD:
        return keras.optimizers.SGD(learning_rate, momentum=SGD_MOMENTUM, nesterov=True)
    if kind == Optimizer.RMSPROP:
        return keras.optimizers.RMSprop(learning_rate, rho=RMSPROP_RHO, epsilon=EPSILON)
    return keras.optimizers.Adam(learning_rate, ADAM_BETA_1, ADAM_BETA_2, EPSILON)


def keras_variables(
    kind: Optimizer, optimizer: "keras.optimizers.Optimizer"
) -> list[list["keras.Variable"]]:
    """The variables that a Keras optimizer keeps: lists as long as the list of weights."""
    return [getattr(optimizer, attribute) for attribute in KERAS_VARIABLES[kind]]
