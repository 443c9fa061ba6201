"""How good the best epoch of a training is."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from app.domain.baselines import score_rows
from app.domain.more_scores import MoreScores, PartForecast, measure_scale, score_more
from app.domain.runs import Evaluation, Job
from app.domain.terms import Part
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
    """Score the best epoch on validation, once on test, and forecast the rows after the last one.

    `monitored_value`: what the objective said after the best epoch; `max_bytes`: of its model.
    Raises Diverged and OutputTooLarge. A model that cannot be saved leaves the scores as they are.
    """
    targets = job.series.target_values
    forecasts = {}
    part_scores = {}
    for part, rows in ((Part.VALIDATION, prepared.validation), (Part.TEST, prepared.test)):
        predicted = _predict_finite(training, best, rows)
        covered_origins = range(int(rows[0]), int(rows[-1]) + 1)
        forecasts[part] = predicted
        part_scores[part] = score_rows(targets, covered_origins, predicted)
    after_last_row = np.array([len(targets)], np.int32)
    model, model_problem = _pack_model(training, best, max_bytes)
    yardstick = job.yardstick
    evaluation = Evaluation(
        yardstick.of_scores(part_scores[Part.VALIDATION]),
        best.epoch,
        part_scores,
        forecasts,
        model,
        model_problem,
        future=training.predict(best.weights, after_last_row)[0],
        more_scores=_score_more(job, prepared, forecasts),
    )
    if yardstick.info.is_error:
        errors = forecasts[Part.VALIDATION] - prepared.actual_steps(prepared.validation)
        return replace(evaluation, objective_se=yardstick.standard_error(errors))
    assert monitored_value is not None
    return replace(evaluation, objective=monitored_value)


def _score_more(
    job: Job, prepared: PreparedData, forecasts: Mapping[Part, np.ndarray]
) -> MoreScores:
    targets = job.series.target_values
    train_rows = job.split.parts(len(targets))[Part.TRAIN]
    scale = measure_scale(targets[: train_rows.stop], job.season_lengths)
    part_forecasts = {}
    for part, rows in ((Part.VALIDATION, prepared.validation), (Part.TEST, prepared.test)):
        part_forecasts[part] = PartForecast(np.asarray(rows, np.int64), forecasts[part])
    return score_more(targets, part_forecasts, scale)


def _predict_finite(training: TrainingProtocol, best: BestEpoch, rows: np.ndarray) -> np.ndarray:
    """Forecasts of the best epoch from these origins. Raises Diverged where one is no number."""
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
