"""The evaluation of a trial in the database: its scores, its forecasts and its model."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, case, delete, select
from sqlalchemy.orm import Session

from app.db.models import Artifact, Forecast, Trial
from app.domain.horizons import by_step, storage_interval, stored_origins
from app.domain.metrics import Scores
from app.domain.more_scores import MoreScores
from app.domain.runs import Evaluation
from app.domain.terms import FUTURE, ArtifactKind, Part
from app.queue.artifacts import IS_EVALUATED
from app.queue.transitions import NOT_SYNCHRONIZED

SCORE_NAMES = ("rmse", "mae", "mape", "skill")
# Of the numbers in a stored forecast, little-endian: of one row, and of several rows ahead.
FORECAST_TYPE = "<f8"
STEPS_TYPE = "<f4"


def column_values(evaluation: Evaluation) -> dict[str, object]:
    """What an evaluation writes into the columns of its trial."""
    return {
        "objective": evaluation.objective,
        "objective_se": evaluation.objective_se,
        "best_epoch": evaluation.best_epoch,
        **score_columns(evaluation.scores),
        **more_score_columns(evaluation.more_scores),
    }


def score_columns(scores_by_part: Mapping[Part, Scores | None]) -> dict[str, object]:
    """What scores write into app.db.models.base.ScoreColumns; None where a part has none."""
    values: dict[str, object] = {}
    for part, scores in scores_by_part.items():
        for name in SCORE_NAMES:
            values[f"{part}_{name}"] = getattr(scores, name, None)
    return values


def more_score_columns(scores: MoreScores | None) -> dict[str, object]:
    """What more scores write into ScoreColumns; None has them computed when they are read."""
    return {
        "more_scores": scores.by_part if scores else None,
        "step_scores": scores.by_step if scores else None,
    }


def forecast_columns(forecasts: Mapping[Part, np.ndarray]) -> dict[str, object]:
    """What forecasts write into the columns validation_forecast and test_forecast."""
    return {f"{part}_forecast": pack_forecast(predicted) for part, predicted in forecasts.items()}


def pack_forecast(predicted: np.ndarray) -> bytes:
    """A forecast of a part as it is stored: see app.domain.horizons.

    predicted: (origins, horizon), or (origins,) of one row each.
    """
    steps = by_step(predicted)
    n_origins, horizon = steps.shape
    kept = steps[:: storage_interval(n_origins, horizon)]
    return kept.astype(_number_type(horizon)).tobytes()


def unpack_forecast(content: bytes, horizon: int) -> NDArray[np.float64]:
    """The inverse of `pack_forecast`: (stored origins, horizon)."""
    values = np.frombuffer(content, _number_type(horizon))
    return values.reshape(-1, horizon).astype(np.float64, copy=False)


def pack_future(predicted: np.ndarray) -> bytes:
    """The forecast (horizon,) of the rows after the last one, as it is stored."""
    return predicted.astype(FORECAST_TYPE).tobytes()


def unpack_future(content: bytes) -> NDArray[np.float64]:
    """The inverse of `pack_future`."""
    return np.frombuffer(content, FORECAST_TYPE)


def count_bytes(part: range, horizon: int) -> int:
    """How long a stored forecast of a part is."""
    n_values = len(stored_origins(part, horizon)) * horizon
    return n_values * np.dtype(_number_type(horizon)).itemsize


def _number_type(horizon: int) -> str:
    return FORECAST_TYPE if horizon == 1 else STEPS_TYPE


def replace(session: Session, trial_id: int, evaluation: Evaluation) -> None:
    """Store the forecasts and the model of a trial in place of earlier ones and their bundle."""
    for table in (Forecast, Artifact):
        earlier = delete(table).where(table.trial_id == trial_id)
        session.execute(earlier, execution_options=NOT_SYNCHRONIZED)
    for part, predicted in evaluation.forecasts.items():
        forecast = Forecast(
            trial_id=trial_id,
            part=part,
            predicted=pack_forecast(predicted),
        )
        session.add(forecast)
    if evaluation.future is not None:
        content = pack_future(evaluation.future)
        session.add(Forecast(trial_id=trial_id, part=FUTURE, predicted=content))
    model = evaluation.model
    artifact = Artifact(
        trial_id=trial_id,
        kind=ArtifactKind.MODEL,
        content=model,
        problem=evaluation.model_problem,
    )
    if model is not None:
        artifact.size = len(model)
    session.add(artifact)


def is_worse(session: Session, trial_id: int, evaluation: Evaluation) -> bool:
    """Whether a trial has a better evaluation from before, with its model.

    Such a trial went on without its checkpoint, and was ended before it had come as far again.
    """
    query = select(Trial.id).where(
        Trial.id == trial_id,
        Trial.objective < evaluation.objective,
        IS_EVALUATED,
    )
    return session.scalar(query) is not None


def epochs_with_best(epochs: int) -> ColumnElement[int]:
    """The epochs of a run, or those of the trial's best epoch if that is later."""
    is_later = Trial.best_epoch > epochs
    return case((is_later, Trial.best_epoch), else_=epochs)


def load(session: Session, trial: Trial) -> Evaluation:
    """The evaluation of a completed trial, read back."""
    assert trial.objective is not None
    assert trial.best_epoch is not None
    query = select(Artifact.content, Artifact.problem).where(
        Artifact.trial_id == trial.id,
        Artifact.kind == ArtifactKind.MODEL,
    )
    model = session.execute(query).one()
    scores = {}
    for part in (Part.VALIDATION, Part.TEST):
        scores[part] = _stored_scores(trial, part)
    return Evaluation(
        objective=trial.objective,
        best_epoch=trial.best_epoch,
        scores=scores,
        forecasts=_stored_forecasts(session, trial),
        future=_stored_future(session, trial),
        model=model.content,
        model_problem=model.problem,
        objective_se=trial.objective_se,
        more_scores=_stored_more_scores(trial),
    )


def _stored_forecasts(session: Session, trial: Trial) -> dict[Part, np.ndarray]:
    query = select(Forecast).where(Forecast.trial_id == trial.id, Forecast.part != FUTURE)
    forecasts = {}
    for forecast in session.scalars(query):
        part = Part(forecast.part)
        forecasts[part] = unpack_forecast(forecast.predicted, trial.experiment.horizon)
    return forecasts


def _stored_more_scores(trial: Trial) -> MoreScores | None:
    if trial.more_scores is None:
        return None
    return MoreScores(trial.more_scores, trial.step_scores)


def _stored_future(session: Session, trial: Trial) -> np.ndarray | None:
    stored = session.get(Forecast, (trial.id, FUTURE))
    if stored is None:
        return None
    return unpack_future(stored.predicted)


def _stored_scores(trial: Trial, part: Part) -> Scores:
    values = {}
    for name in SCORE_NAMES:
        values[name] = getattr(trial, f"{part}_{name}")
    return Scores(**values)
