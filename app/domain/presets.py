"""Searches to start from: a quick look, and those that were run by hand before Foretune."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """A search space with a strategy and a number of trials that suit it."""

    name: str
    title: str
    description: str
    strategy: str
    max_trials: int
    space: Mapping[str, Any]

    def space_for(self, possible_targets: Collection[str]) -> dict[str, Any]:
        """The space without the targets that a series does not allow (targets.possible_targets)."""
        target = self.space.get("target")
        if not isinstance(target, Mapping):
            return dict(self.space)
        choices = [choice for choice in target["choice"] if choice in possible_targets]
        possible_target = {**target, "choice": choices}
        return {**self.space, "target": possible_target}


# The best network that was found by hand: the searches below keep what they do not vary.
HAND_TUNED_NETWORK: Mapping[str, Any] = {
    "cell": "lstm",
    "recurrent_layers": 2,
    "units_1": 100,
    "dropout_1": 0.4,
    "units_2": 60,
    "dropout_2": 0.4,
    "dense_layers": 1,
    "dense_units_1": 20,
    "output_activation": "sigmoid",
    "optimizer": "rmsprop",
    "stateful": True,
    "shuffle": False,
    "target": "level",
    "scaling": "minmax",
    "patience": 0,
}

QUICK_LOOK = Preset(
    name="quick-look",
    title="Quick look",
    description="12 small networks with one or two layers: a first answer within minutes.",
    strategy="tpe",
    max_trials=12,
    space={
        "cell": "lstm",
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"choice": [8, 16, 32]},
        "units_2": {"choice": [8, 16], "when": {"recurrent_layers": 2}},
        "dropout_1": {"uniform": [0.0, 0.4]},
        "optimizer": {"choice": ["rmsprop", "adam"]},
        "learning_rate": {"loguniform": [0.0003, 0.01]},
        "batch_size": {"choice": [32, 64]},
        "time_steps": {"choice": [10, 20, 30]},
        "target": {"choice": ["level", "difference", "log_return"]},
        "epochs": {"choice": [20, 40]},
        "patience": 10,
        "shuffle": True,
        "scaling": "standard",
    },
)

GRID_OF_81 = Preset(
    name="grid-81",
    title="Grid of 81",
    description=(
        "The grid that took a day in a notebook: batch size, time steps, learning rate and epochs."
    ),
    strategy="grid",
    max_trials=81,
    space={
        **HAND_TUNED_NETWORK,
        "batch_size": {"choice": [20, 30, 40]},
        "time_steps": {"choice": [30, 60, 90]},
        "learning_rate": {"choice": [0.01, 0.001, 0.0001]},
        "epochs": {"choice": [30, 50, 70]},
    },
)

TPE_SPACE = Preset(
    name="tpe-conditional",
    title="TPE, one or two layers",
    description=(
        "Bayesian search over a conditional space: "
        "the settings of the second layers count only where these exist."
    ),
    strategy="tpe",
    max_trials=50,
    space={
        **HAND_TUNED_NETWORK,
        "batch_size": {"choice": [30, 40, 50, 60, 70]},
        "time_steps": {"choice": [30, 50, 60, 80, 90]},
        "units_1": {"choice": [70, 80, 100, 130]},
        "dropout_1": {"uniform": [0, 1]},
        "recurrent_dropout_1": {"uniform": [0, 1]},
        "recurrent_layers": {"choice": [1, 2]},
        "units_2": {"choice": [20, 30, 40, 50], "when": {"recurrent_layers": 2}},
        "dropout_2": {"uniform": [0, 1], "when": {"recurrent_layers": 2}},
        "dense_layers": {"choice": [0, 1]},
        "dense_units_1": {"choice": [10, 20, 30, 40], "when": {"dense_layers": 1}},
        "learning_rate": {"uniform": [0, 1]},
        "epochs": {"choice": [30, 40, 50, 60, 70]},
        "optimizer": {"choice": ["sgd", "rmsprop"]},
    },
)

TALOS_SPACE = Preset(
    name="talos",
    title="Talos space",
    description="Ten choices, far too many for a grid: a random sample of them.",
    strategy="random",
    max_trials=60,
    space={
        **HAND_TUNED_NETWORK,
        "recurrent_layers": {"choice": [1, 2]},
        "dense_layers": {"choice": [0, 1]},
        "units_1": {"choice": [70, 90, 100]},
        "units_2": {"choice": [40, 60, 70], "when": {"recurrent_layers": 2}},
        "dense_units_1": {"choice": [20, 30, 50], "when": {"dense_layers": 1}},
        "batch_size": {"choice": [20, 30, 40]},
        "time_steps": {"choice": [30, 60, 90]},
        "learning_rate": {"choice": [0.01, 0.001, 0.0001]},
        "epochs": {"choice": [30, 50, 70]},
        "optimizer": {"choice": ["sgd", "rmsprop"]},
    },
)

FROM_SCRATCH = Preset(
    name="from-scratch",
    title="From scratch",
    description="One plain network in which nothing varies yet: choose what does.",
    strategy="grid",
    max_trials=1,
    space={"scaling": "standard", "shuffle": True},
)

PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (QUICK_LOOK, GRID_OF_81, TPE_SPACE, TALOS_SPACE, FROM_SCRATCH)
}
