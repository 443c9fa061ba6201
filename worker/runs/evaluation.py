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
    for part, rows in ((Part.VALIDATION, prepared.validation), (Part.TEST, prepared.test)):
        predicted = training.predict(best.weights, rows)
        if not np.isfinite(predicted).all():
            raise Diverged
        first_row = int(rows[0])
        last_row = int(rows[-1])
        baseline = naive(targets, range(first_row, last_row + 1))
        forecasts[part] = predicted
        part_scores[part] = score_forecast(targets[rows], predicted, baseline)
    objective = monitored_value
    if job.objective == Objective.RMSE:
        objective = part_scores[Part.VALIDATION].rmse
    assert objective is not None
    model = None
    model_problem = None
    try:
        model = check_size(training.pack_model(best.weights), max_bytes)
    except ModelNotSerializable as error:
        model_problem = str(error)
    return Evaluation(objective, best.epoch, part_scores, forecasts, model, model_problem)
