"""What a training costs: seconds per epoch from its parameters, fitted to trainings that have run.

The work of a step is counted in multiplications of the recurrent layers, forward and backward
(three times the forward pass), and in gate activations, one per unit, row and time step; each step
has a fixed cost on top. The rates below were measured with the native engine on one core of a 2024
Xeon (`python -m tests.benchmarks.engine`). An installation's own trainings scale them, separately
for each kind of cell because their kernels differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from app.domain.search_space.parameters import CATALOGUE

STEP_SECONDS = 0.00005
OPERATIONS_PER_SECOND = 1.5e11
GATE_SECONDS = 8e-9  # per unit, row and time step
DROPOUT_SECONDS = 7e-9  # on top, where the layer's outputs are dropped
RECURRENT_DROPOUT_SECONDS = 2e-8  # on top, where the layer's state is masked for each gate
EPOCH_SECONDS = 0.005
TRIAL_SECONDS = 0.15  # around a training: reading, evaluating, storing
PASSES_PER_STEP = 3  # in forward passes: one forward, and a backward one that costs two
GATES_PER_CELL = {"lstm": 4, "gru": 3}
MIN_TRAININGS = 3  # of a kind of cell, before their own scale is used
ANY_CELL = ""  # the key of the scale for cells that have none of their own


@dataclass(frozen=True)
class MeasuredTraining:
    """A training that has run: parameters, size of the train part, seconds of a usual epoch."""

    parameters: Mapping[str, object]
    train_rows: int
    features: int
    seconds: float


@dataclass(frozen=True)
class Workload:
    """A number of trainings: unscaled seconds of their epochs by kind of cell, and their counts."""

    unscaled_seconds: Mapping[str, float]
    epochs: float
    trainings: float

    def with_epochs(self, fraction: float) -> "Workload":
        """As many trainings, each with a fraction of its epochs."""
        return replace(self.times(fraction), trainings=self.trainings)

    def times(self, factor: float) -> "Workload":
        """The same work `factor` times."""
        multiplied = {}
        for cell, seconds in self.unscaled_seconds.items():
            multiplied[cell] = factor * seconds
        return Workload(
            unscaled_seconds=multiplied,
            epochs=factor * self.epochs,
            trainings=factor * self.trainings,
        )


@dataclass(frozen=True)
class CostModel:
    """Estimates of seconds.

    scales: factors on the estimate for a kind of cell. usual: seconds of any epoch, for a custom
    model, whose parameters say nothing about its cost. seconds_around: around each training.
    """

    scales: Mapping[str, float] = field(default_factory=dict)
    usual: float | None = None
    seconds_around: float = TRIAL_SECONDS

    @property
    def is_fitted(self) -> bool:
        """Whether enough trainings were measured."""
        if self.usual is not None:
            return True
        return len(self.scales) > 0

    def epoch_seconds(
        self, parameters: Mapping[str, object], train_rows: int, features: int
    ) -> float:
        """Seconds that one epoch is expected to take."""
        if self.usual is not None:
            return self.usual
        cell = str(parameters["cell"])
        scale = self._scale_of(cell)
        unscaled = unscaled_epoch_seconds(parameters, train_rows, features)
        return scale * unscaled

    def training_seconds(
        self, parameters: Mapping[str, object], train_rows: int, features: int
    ) -> float:
        """Seconds that all epochs of a trial are expected to take, and what lies around them."""
        epochs = _number_of(parameters, "epochs")
        epoch_seconds = self.epoch_seconds(parameters, train_rows, features)
        seconds = epochs * epoch_seconds
        return self.seconds_around + seconds

    def seconds(self, workload: Workload) -> float:
        """Seconds that one slot is expected to need for a number of trainings."""
        around_trainings = self.seconds_around * workload.trainings
        if self.usual is not None:
            in_epochs = self.usual * workload.epochs
            return around_trainings + in_epochs
        in_epochs = 0.0
        for cell, seconds in workload.unscaled_seconds.items():
            scale = self._scale_of(cell)
            in_epochs += scale * seconds
        return around_trainings + in_epochs

    def _scale_of(self, cell: str) -> float:
        usual_scale = self.scales.get(ANY_CELL, 1.0)
        return self.scales.get(cell, usual_scale)


def measure_workload(
    trainings: Sequence[Mapping[str, object]], train_rows: int, features: int
) -> Workload:
    """What these trainings amount to, each with all its epochs.

    A custom model has no cell and adds no seconds: `CostModel.usual` counts its epochs.
    """
    unscaled_seconds: dict[str, float] = {}
    for parameters in trainings:
        if "cell" not in parameters:
            continue
        cell = str(parameters["cell"])
        epochs = _number_of(parameters, "epochs")
        epoch_seconds = unscaled_epoch_seconds(parameters, train_rows, features)
        seconds_before = unscaled_seconds.get(cell, 0.0)
        unscaled_seconds[cell] = seconds_before + epochs * epoch_seconds
    all_epochs = [_number_of(parameters, "epochs") for parameters in trainings]
    return Workload(
        unscaled_seconds=unscaled_seconds,
        epochs=sum(all_epochs),
        trainings=len(trainings),
    )


def fit_cost_model(trainings: Iterable[MeasuredTraining]) -> CostModel:
    """A cost model scaled to measured trainings: by the median, so that outliers do not matter."""
    ratios_by_cell: dict[str, list[float]] = {}
    all_ratios = []
    for training in trainings:
        expected = unscaled_epoch_seconds(
            training.parameters,
            training.train_rows,
            training.features,
        )
        ratio = training.seconds / expected
        cell = str(training.parameters["cell"])
        ratios = ratios_by_cell.setdefault(cell, [])
        ratios.append(ratio)
        all_ratios.append(ratio)
    if len(all_ratios) < MIN_TRAININGS:
        return CostModel()
    scales = {ANY_CELL: median(all_ratios)}
    for cell, ratios in ratios_by_cell.items():
        if len(ratios) >= MIN_TRAININGS:
            scales[cell] = median(ratios)
    return CostModel(scales)


def unscaled_epoch_seconds(
    parameters: Mapping[str, object], train_rows: int, features: int
) -> float:
    """The estimate for one epoch before scaling."""
    batch_size = _number_of(parameters, "batch_size")
    time_steps = _number_of(parameters, "time_steps")
    windows = train_rows - time_steps
    batches = max(1.0, windows // batch_size)
    cell = str(parameters["cell"])
    gates = GATES_PER_CELL[cell]
    layers = int(_number_of(parameters, "recurrent_layers"))
    inputs = float(features)
    operations = 0.0
    gate_seconds = 0.0
    for layer in range(1, layers + 1):
        units = _number_of(parameters, f"units_{layer}")
        weights = gates * units * (units + inputs)
        operations += 2 * weights
        gate_seconds += units * _gate_seconds(parameters, layer)
        inputs = units
    multiplying = PASSES_PER_STEP * operations / OPERATIONS_PER_SECOND
    seconds_per_row = multiplying + gate_seconds
    seconds_per_batch = STEP_SECONDS + batch_size * time_steps * seconds_per_row
    return EPOCH_SECONDS + batches * seconds_per_batch


def _gate_seconds(parameters: Mapping[str, object], layer: int) -> float:
    seconds = GATE_SECONDS
    if _number_of(parameters, f"dropout_{layer}"):
        seconds += DROPOUT_SECONDS
    if _number_of(parameters, f"recurrent_dropout_{layer}"):
        seconds += RECURRENT_DROPOUT_SECONDS
    return seconds


def _number_of(parameters: Mapping[str, object], name: str) -> float:
    """The value of a hyperparameter, its default where it is left out."""
    default = CATALOGUE[name].default
    value = parameters.get(name, default)
    assert isinstance(value, int | float)
    return float(value)
