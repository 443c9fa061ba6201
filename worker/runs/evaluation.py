"""How good the best epoch of a training is."""

import numpy as np

from app.domain.baselines import naive
from app.domain.metrics import score_forecast
from app.domain.runs import Evaluation, Job
from app.domain.terms import Objective, Part
from worker.runs.failures import Diverged, check_size
from worker.serialization import BestEpoch, ModelNotSerializable
from worker.training import TrainingProtocol
from worker.windows import PreparedData


def evaluate(
    job: Job,
    training: TrainingProtocol,
    prepared: PreparedData,
    best: BestEpoch,
    monitored_value: float | None,
    max_bytes: int,
) -> Evaluation:
    """Score the best epoch on the validation part, and once on the test part.

    `monitored_value`: what the objective said after the best epoch; `max_bytes`: of its model.
    Raises Diverged and OutputTooLarge. A model that cannot be saved leaves the scores as they are.
    """
    targets = job.series.target_values
    forecasts = {}
    part_scores = {}
    evaluated_rows = {
        Part.VALIDATION: prepared.validation,
        Part.TEST: prepared.test,
    }
    for part, rows in evaluated_rows.items():
        predicted = _predict_finite(training, best, rows)
        first_row = int(rows[0])
        last_row = int(rows[-1])
        baseline = naive(targets, range(first_row, last_row + 1))
        forecasts[part] = predicted
        part_scores[part] = score_forecast(targets[rows], predicted, baseline)
    objective = monitored_value
    if job.objective == Objective.RMSE:
        objective = part_scores[Part.VALIDATION].rmse
    assert objective is not None
    model, model_problem = _pack_model(training, best, max_bytes)
    return Evaluation(
        objective,
        best.epoch,
        part_scores,
        forecasts,
        model,
        model_problem,
    )


def _predict_finite(training: TrainingProtocol, best: BestEpoch, rows: np.ndarray) -> np.ndarray:
    """Forecasts of the best epoch for these rows. Raises Diverged where they are not numbers."""
    predicted = training.predict(best.weights, rows)
    is_finite = np.isfinite(predicted)
    if not is_finite.all():
        raise Diverged
    return predicted


def _pack_model(
    training: TrainingProtocol, best: BestEpoch, max_bytes: int
) -> tuple[bytes | None, str | None]:
    """The model of the best epoch, or why it cannot be saved. Raises OutputTooLarge."""
    try:
        packed = training.pack_model(best.weights)
        return check_size(packed, max_bytes), None
    except ModelNotSerializable as error:
        return None, str(error)
