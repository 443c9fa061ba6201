"""What the best epoch of a training is worth."""

import numpy as np

from app.domain.baselines import naive
from app.domain.metrics import score_forecast
from app.domain.terms import Objective, Part
from app.queue.jobs import Job
from app.queue.recording import Judgement
from worker.runs.failures import Diverged, within
from worker.serialization import BestEpoch, ModelNotSerializable
from worker.training import TrainingProtocol
from worker.windows import PreparedData


def judge(
    job: Job,
    training: TrainingProtocol,
    prepared: PreparedData,
    best: BestEpoch,
    value: float | None,
    limit: int,
) -> Judgement:
    """Score the best epoch on validation, and once on test.

    `value`: what was monitored after it; `limit`: bytes its model may have. Raises Diverged, OutputTooLarge.
    """
    targets = job.series.target_values
    forecasts, found = {}, {}
    for part, rows in ((Part.VALIDATION, prepared.validation), (Part.TEST, prepared.test)):
        predicted = training.predict(best.weights, rows)
        if not np.isfinite(predicted).all():
            raise Diverged
        before = naive(targets, range(int(rows[0]), int(rows[-1]) + 1))
        forecasts[part], found[part] = predicted, score_forecast(targets[rows], predicted, before)
    objective = found[Part.VALIDATION].rmse if job.objective == Objective.RMSE else value
    assert objective is not None
    model, model_problem = None, None
    try:
        model = within(limit, training.pack_model(best.weights))
    except ModelNotSerializable as error:  # the trial's forecasts and scores stand
        model_problem = str(error)
    return Judgement(objective, best.epoch, found, forecasts, model, model_problem)
