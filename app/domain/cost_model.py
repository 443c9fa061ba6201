"""What a training costs: seconds per epoch from its parameters, fitted to the trainings an installation has seen.

The work of one step is counted in multiplications of the recurrent layers, forward and backward (three times the
forward pass), and in gates that are squashed, one per unit, row and time step, plus a fixed cost per step. The rates
below were measured with the native engine on one core of a 2024 Xeon (benchmarks: python -m tests.benchmarks.engine);
an installation's own trainings scale them, separately for each kind of cell because their kernels differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.domain.search_space.parameters import CATALOGUE

STEP_SECONDS = 0.00005
OPERATIONS_PER_SECOND = 1.5e11
GATED_SECONDS = 8e-9  # per unit, row and time step
DROPPED_SECONDS = 7e-9  # more, where the layer's outputs are dropped
RECURRENTLY_DROPPED_SECONDS = 2e-8  # more, where its state is masked for each gate
EPOCH_SECONDS = 0.005
TRIAL_SECONDS = 0.15  # around a training: reading, judging, storing
GATES = {"lstm": 4, "gru": 3}
ENOUGH = 3  # trainings of a cell before its own scale is used
Parameters = Mapping[str, object]


@dataclass(frozen=True)
class Seen:
    """One training that has run: its parameters, rows of its train part, columns, and seconds of a usual epoch."""

    parameters: Parameters
    train_rows: int
    features: int
    seconds: float


@dataclass(frozen=True)
class Work:
    """What a number of trainings amounts to: raw seconds of their epochs by kind of cell, epochs, trainings."""

    raw: Mapping[str, float]
    epochs: float
    trainings: float

    def times(self, factor: float) -> "Work":
        """So many times as much."""
        raw = {cell: factor * seconds for cell, seconds in self.raw.items()}
        return Work(raw, factor * self.epochs, factor * self.trainings)


@dataclass(frozen=True)
class CostModel:
    """Seconds of an epoch. `scales` multiplies the estimate for a kind of cell.

    `usual`: what any epoch takes, where the network is the owner's own and its parameters tell nothing.
    """

    scales: Mapping[str, float] = field(default_factory=dict)
    usual: float | None = None

    @property
    def is_fitted(self) -> bool:
        """Whether it has seen enough."""
        return bool(self.scales) or self.usual is not None

    def epoch_seconds(self, parameters: Parameters, train_rows: int, features: int) -> float:
        """Seconds one epoch is expected to take."""
        if self.usual is not None:
            return self.usual
        return self._scale(str(parameters["cell"])) * raw_seconds(parameters, train_rows, features)

    def training_seconds(self, parameters: Parameters, train_rows: int, features: int) -> float:
        """Seconds all epochs of a trial are expected to take, with what lies around them."""
        epochs = _number(parameters, "epochs")
        return TRIAL_SECONDS + epochs * self.epoch_seconds(parameters, train_rows, features)

    def seconds(self, work: Work) -> float:
        """Seconds of one slot for a number of trainings."""
        if self.usual is not None:
            return TRIAL_SECONDS * work.trainings + self.usual * work.epochs
        scaled = sum(self._scale(cell) * seconds for cell, seconds in work.raw.items())
        return TRIAL_SECONDS * work.trainings + scaled

    def _scale(self, cell: str) -> float:
        return self.scales.get(cell, self.scales.get("", 1.0))


def work(trainings: Sequence[Parameters], train_rows: int, features: int) -> Work:
    """What these trainings amount to, each with all its epochs."""
    raw: dict[str, float] = {}
    for parameters in trainings:
        if "cell" in parameters:  # a network of the owner's own has none, and `usual` speaks for it
            seconds = _number(parameters, "epochs") * raw_seconds(parameters, train_rows, features)
            raw[str(parameters["cell"])] = raw.get(str(parameters["cell"]), 0.0) + seconds
    return Work(raw, sum(_number(parameters, "epochs") for parameters in trainings), len(trainings))


def fit(seen: Iterable[Seen]) -> CostModel:
    """A cost model scaled to what has been seen; the median ratio, so that an odd training does not matter."""
    ratios: dict[str, list[float]] = {}
    for row in seen:
        expected = raw_seconds(row.parameters, row.train_rows, row.features)
        ratios.setdefault(str(row.parameters["cell"]), []).append(row.seconds / expected)
    everything = [ratio for found in ratios.values() for ratio in found]
    scales = {cell: median(found) for cell, found in ratios.items() if len(found) >= ENOUGH}
    return CostModel({**scales, "": median(everything)} if len(everything) >= ENOUGH else {})


def raw_seconds(parameters: Parameters, train_rows: int, features: int) -> float:
    """The estimate before scaling."""
    batch, steps = _number(parameters, "batch_size"), _number(parameters, "time_steps")
    batches = max(1.0, (train_rows - steps) // batch)
    gates, before, work = GATES[str(parameters["cell"])], float(features), 0.0
    gated = 0.0
    for layer in range(1, int(_number(parameters, "recurrent_layers")) + 1):
        units = _number(parameters, f"units_{layer}")
        work += 2 * gates * units * (units + before)
        gated += units * _gated_seconds(parameters, layer)
        before = units
    seconds = 3 * work / OPERATIONS_PER_SECOND + gated
    return EPOCH_SECONDS + batches * (STEP_SECONDS + batch * steps * seconds)


def _gated_seconds(parameters: Parameters, layer: int) -> float:
    seconds = GATED_SECONDS
    if _number(parameters, f"dropout_{layer}"):
        seconds += DROPPED_SECONDS
    if _number(parameters, f"recurrent_dropout_{layer}"):
        seconds += RECURRENTLY_DROPPED_SECONDS
    return seconds


def _number(parameters: Parameters, name: str) -> float:
    value = parameters.get(name, CATALOGUE[name].default)
    assert isinstance(value, int | float)
    return float(value)
