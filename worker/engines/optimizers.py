"""The optimizers of every engine: their constants, which are Keras' defaults, and the stock ones themselves."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

MOMENTUM = 0.9  # sgd, Nesterov's
RHO = 0.9  # rmsprop
BETA_1, BETA_2 = 0.9, 0.999  # adam
EPSILON = 1e-7
SLOTS = {"sgd": 1, "rmsprop": 1, "adam": 2}  # how many numbers each keeps beside a weight


def keras_optimizer(name: str, learning_rate: float) -> "keras.optimizers.Optimizer":
    """The stock optimizer."""
    import keras

    kinds: dict[str, Any] = {
        "sgd": lambda: keras.optimizers.SGD(learning_rate, momentum=MOMENTUM, nesterov=True),
        "rmsprop": lambda: keras.optimizers.RMSprop(learning_rate, rho=RHO, epsilon=EPSILON),
        "adam": lambda: keras.optimizers.Adam(learning_rate, BETA_1, BETA_2, EPSILON),
    }
    return kinds[name]()


def keras_slots(name: str, optimizer: "keras.optimizers.Optimizer") -> list[list["keras.Variable"]]:
    """The variables that a stock optimizer keeps: a list as long as the weights for each slot."""
    names = {
        "sgd": ["momentums"],
        "rmsprop": ["_velocities"],
        "adam": ["_momentums", "_velocities"],
    }
    return [getattr(optimizer, slot) for slot in names[name]]
