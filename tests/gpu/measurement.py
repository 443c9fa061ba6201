"""Losses and seconds of a few networks in this process, as JSON.

    python -m tests.gpu.measurement FILE [--rows 14058] [--pretend-gpu]

The product chooses the engine, as in a slot. With --pretend-gpu it chooses as if there were a GPU.
"""

import argparse
import json
import os
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.benchmarks.engine import SERIES_ROWS, Case, make_case, prepare_series
from worker import hardware
from worker.network import NetworkConfig
from worker.training import EpochResult, Training

COMPARED_EPOCHS = 3
TIMED_EPOCHS = 5
SEED = 1

# Large enough for the product to train them on a GPU.
LSTM = make_case("LSTM 128, 30 steps, batch 32", units_1=128, time_steps=30)
GRU = make_case("GRU 128, 30 steps, batch 32", cell="gru", units_1=128, time_steps=30)
LARGE_LSTM = make_case(
    "LSTM 100+60, 60 steps, batch 20",
    recurrent_layers=2,
    units_1=100,
    units_2=60,
    batch_size=20,
)
COMPARED = (LSTM, GRU)
TIMED = (LSTM, LARGE_LSTM)


@dataclass(frozen=True)
class Losses:
    """The losses of one network, epoch by epoch, in scaled units."""

    training: list[float]
    validation: list[float]


@dataclass(frozen=True)
class Measurement:
    """What one process measured. The keys are names of networks."""

    gpus: list[str]  # names of the GPUs that TensorFlow sees
    engine: str
    losses: dict[str, Losses]
    epoch_seconds: dict[str, float]

    @classmethod
    def from_json(cls, text: str) -> "Measurement":
        """Read what `main` has written."""
        values = json.loads(text)
        losses = {name: Losses(**both) for name, both in values.pop("losses").items()}
        return cls(losses=losses, **values)


def find_gpus() -> list[str]:
    """The names of the GPUs that TensorFlow sees in this process."""
    import tensorflow as tf

    names = []
    for device in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(device)
        names.append(details.get("device_name", device.name))
    return names


def start_training(case: Case, rows: int) -> Training:
    """The product's training of a case, with the engine that it chooses here."""
    config = NetworkConfig.from_parameters(case.parameters)
    return Training(config, prepare_series(case.parameters, rows), SEED)


def run_epochs(training: Training, epochs: int) -> list[EpochResult]:
    """Train so many epochs."""
    return [training.run_epoch() for _ in range(epochs)]


def measure_losses(case: Case, rows: int) -> Losses:
    """The losses of the first epochs."""
    training = start_training(case, rows)
    results = run_epochs(training, COMPARED_EPOCHS)
    training.close()
    return Losses(
        training=[result.train_loss for result in results],
        validation=[result.val_loss for result in results],
    )


def measure_epoch_seconds(case: Case, rows: int) -> float:
    """The median seconds of an epoch with its validation, after one to warm up."""
    training = start_training(case, rows)
    training.run_epoch()
    results = run_epochs(training, TIMED_EPOCHS)
    training.close()
    return statistics.median(result.seconds for result in results)


def measure(rows: int) -> Measurement:
    """Measure on so many rows of the series, with one thread, as slots train."""
    hardware.configure_threads(1)
    return Measurement(
        gpus=find_gpus(),
        engine=start_training(LSTM, rows).engine,
        losses={case.name: measure_losses(case, rows) for case in COMPARED},
        epoch_seconds={case.name: measure_epoch_seconds(case, rows) for case in TIMED},
    )


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=SERIES_ROWS)
    parser.add_argument("--pretend-gpu", action="store_true")
    arguments = parser.parse_args()
    if arguments.pretend_gpu:
        with mock.patch.object(hardware, "count_gpus", return_value=1):
            measurement = measure(arguments.rows)
    else:
        measurement = measure(arguments.rows)
    arguments.file.write_text(json.dumps(asdict(measurement)))


if __name__ == "__main__":
    main()
