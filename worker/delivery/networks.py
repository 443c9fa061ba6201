"""The networks of members: as they were trained, and trained once more on train and validation."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.horizons import stored_origins
from app.domain.metrics import root_mean_square
from app.domain.terms import Part
from app.queue.delivery_jobs import CandidateTrial, DeliveryJob
from worker import serialization
from worker.custom.windows import prepare_series
from worker.network import NetworkConfig
from worker.training import Training
from worker.windows import PreparedData

Floats = NDArray[np.float64]
# A network that is so much worse on the validation rows, which it has now been trained on, than
# it was before has not learned this time.
MAX_ERROR_RATIO = 1.1


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its weights, in Keras' order, and its forecasts.

    test: (origins, horizon), from every origin of the test part. future: (horizon,), the rows after
    the last one.
    """

    config: NetworkConfig
    prepared: PreparedData
    weights: Sequence[np.ndarray]
    test: Floats
    future: Floats
    epochs: int | None  # for how many it was trained once more; None: as it was trained


def restore_network(job: DeliveryJob, trial: CandidateTrial, model: bytes) -> TrainedNetwork:
    """The network of a trial as it was trained. Its test forecast is the stored one, if whole."""
    config = NetworkConfig.from_parameters(trial.parameters, job.horizon)
    prepared = _prepare(job, trial, job.parts)
    weights = serialization.unpack_weights(model)
    training = Training(config, prepared, job.seed)
    try:
        test, future = _forecast(training, weights)
    finally:
        training.close()
    if len(trial.test) == len(test):
        test = trial.test
    return TrainedNetwork(config, prepared, weights, test, future, epochs=None)


def estimate_seconds(job: DeliveryJob, trial: CandidateTrial) -> float:
    """About how long it takes to train a network once more."""
    rows = job.parts[Part.VALIDATION].stop
    growth = rows / len(job.parts[Part.TRAIN])
    return trial.epoch_seconds * trial.best_epoch * growth


def retrain(job: DeliveryJob, trial: CandidateTrial, deadline: float) -> TrainedNetwork | None:
    """Train the network of a trial for its best number of epochs on train and validation.

    With the same parameters and seed; the scalers see all these rows. None where that would not end
    by `deadline` (of time.monotonic), or where the network did not learn.
    """
    if time.monotonic() + estimate_seconds(job, trial) > deadline:
        return None
    config = NetworkConfig.from_parameters(trial.parameters, job.horizon)
    prepared = _prepare(job, trial, all_but_test(job.parts))
    training = Training(config, prepared, job.seed)
    try:
        for _ in range(trial.best_epoch):
            training.run_epoch()
            if time.monotonic() > deadline:
                return None
        return _finish(job, trial, training)
    finally:
        training.close()


def all_but_test(parts: dict[Part, range]) -> dict[Part, range]:
    """The parts where the validation part is trained on too."""
    return {**parts, Part.TRAIN: range(parts[Part.VALIDATION].stop)}


def _finish(job: DeliveryJob, trial: CandidateTrial, training: Training) -> TrainedNetwork | None:
    weights = training.weights()
    rows = np.asarray(stored_origins(job.parts[Part.VALIDATION], job.horizon))
    actual = training.data.actual_steps(rows)
    rmse = root_mean_square(training.predict(weights, rows) - actual)
    earlier_rmse = root_mean_square(trial.validation - actual)
    has_learned = rmse <= MAX_ERROR_RATIO * earlier_rmse  # not if it is NaN
    test, future = _forecast(training, weights)
    if not has_learned or not np.isfinite(test).all():
        return None
    return TrainedNetwork(
        training.config,
        training.data,
        weights,
        test,
        future,
        epochs=trial.best_epoch,
    )


def _forecast(training: Training, weights: Sequence[np.ndarray]) -> tuple[Floats, Floats]:
    """From every origin of the test part (origins, horizon), and of the rows to come (horizon,)."""
    n_rows = len(training.data.actual)
    rows = np.append(training.data.test, n_rows)
    predicted = training.predict(weights, rows)
    return predicted[:-1], predicted[-1]


def _prepare(job: DeliveryJob, trial: CandidateTrial, parts: dict[Part, range]) -> PreparedData:
    return prepare_series(
        job.series, trial.parameters, parts, None, job.season_lengths, job.horizon
    )
