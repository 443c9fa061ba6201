"""Fills in more scores where a forecast has none yet: a trial's, a baseline's or a delivery's.

All trials of an experiment are filled in at once. The scores are computed while others may write,
and stored in one short transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, bindparam, exists, null, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.models import Baseline, Delivery, Experiment, Forecast, Trial
from app.domain.horizons import stored_origins
from app.domain.more_scores import (
    MORE_SCORE_NAMES,
    STEP_SCORE_NAMES,
    MoreScores,
    PartForecast,
    measure_scale,
    score_more,
)
from app.domain.terms import EVALUATED_PARTS, Part
from app.errors import NotFound
from app.queue.bundles import metrics
from app.queue.evaluations import unpack_forecast
from app.services import datasets

Floats = NDArray[np.float64]
Table = type[Trial | Baseline | Delivery]
UNDEFINED = MoreScores({}, None)  # of a forecast that is missing or has another length

KEYS: Mapping[Table, InstrumentedAttribute[int]] = {
    Trial: Trial.id,
    Baseline: Baseline.id,
    Delivery: Delivery.experiment_id,
}
TRIALS_WITHOUT = (Trial.more_scores.is_(null()), Trial.validation_rmse.is_not(None))
BASELINES_WITHOUT = (Baseline.more_scores.is_(null()), Baseline.validation_rmse.is_not(None))
DELIVERIES_WITHOUT = (Delivery.more_scores.is_(null()), Delivery.validation_rmse.is_not(None))


@dataclass(frozen=True)
class ScoredRow:
    """The scores of one row. validation_rmse: of the forecast that they were computed from."""

    table: Table
    key: int
    validation_rmse: float | None
    scores: MoreScores

    def to_parameters(self) -> dict[str, object]:
        """The parameters of the statement that stores it."""
        return {
            "key": self.key,
            "rmse": self.validation_rmse,
            "by_part": self.scores.by_part,
            "by_step": self.scores.by_step,
        }


class ForecastScorer:
    """Scores the stored forecasts of one experiment."""

    def __init__(self, session: Session, experiment: Experiment) -> None:
        self.values = datasets.series(session, experiment.dataset).target_values
        self.horizon = experiment.horizon
        self.parts = experiment.split.parts(len(self.values))
        n_train_rows = len(self.parts[Part.TRAIN])
        self.scale = measure_scale(self.values[:n_train_rows], experiment.seasons)

    def score(self, contents: Mapping[Part, bytes | None]) -> MoreScores:
        """The scores of stored forecasts; UNDEFINED where one of them is not there."""
        forecasts = read_forecasts(contents, self.parts, self.horizon)
        if forecasts is None:
            return UNDEFINED
        return score_more(self.values, forecasts, self.scale)


def read_forecasts(
    contents: Mapping[Part, bytes | None], parts: Mapping[Part, range], horizon: int
) -> dict[Part, PartForecast] | None:
    """Stored forecasts of validation and test; None where one is missing or has another length."""
    forecasts = {}
    for part in EVALUATED_PARTS:
        content = contents.get(part)
        if content is None:
            return None
        origins = np.array(stored_origins(parts[part], horizon), np.int64)
        try:
            predicted = unpack_forecast(content, horizon)
        except ValueError:
            return None
        if len(predicted) != len(origins):
            return None
        forecasts[part] = PartForecast(origins, predicted)
    return forecasts


def is_missing(session: Session, experiment_id: int) -> bool:
    """Whether some forecast of an experiment has no more scores yet."""
    has_trial = exists().where(Trial.experiment_id == experiment_id, *TRIALS_WITHOUT)
    has_delivery = exists().where(Delivery.experiment_id == experiment_id, *DELIVERIES_WITHOUT)
    has_baseline = exists().where(
        Experiment.id == experiment_id,
        Baseline.board_id == Experiment.board_id,
        *BASELINES_WITHOUT,
    )
    query = select(has_trial | has_delivery | has_baseline)
    return bool(session.scalar(query))


def compute_missing(session: Session, experiment_id: int) -> list[ScoredRow]:
    """The scores that an experiment's forecasts lack. Nothing is written."""
    experiment = session.get(Experiment, experiment_id)
    if experiment is None:
        return []
    scorer = ForecastScorer(session, experiment)
    of_delivery = (Delivery.experiment_id == experiment.id, *DELIVERIES_WITHOUT)
    of_baselines = (Baseline.board_id == experiment.board_id, *BASELINES_WITHOUT)
    return [
        *_score_trials(session, experiment, scorer),
        *_score_columns(session, Delivery, of_delivery, scorer),
        *_score_columns(session, Baseline, of_baselines, scorer),
    ]


def store(session: Session, scored_rows: Sequence[ScoredRow]) -> None:
    """Store scores where there are none yet, and the forecast is still the same."""
    for table, key_column in KEYS.items():
        values = [row.to_parameters() for row in scored_rows if row.table is table]
        if not values:
            continue
        change = (
            update(table)
            .where(
                key_column == bindparam("key"),
                table.more_scores.is_(null()),
                table.validation_rmse == bindparam("rmse"),
            )
            .values(more_scores=bindparam("by_part"), step_scores=bindparam("by_step"))
        )
        session.connection().execute(change, values)


def score_of(more_scores: object, part: Part, name: str) -> float | None:
    """One of the scores in ScoreColumns.more_scores; None where it is undefined or not there."""
    scores = more_scores.get(part) if isinstance(more_scores, dict) else None
    score = scores.get(name) if isinstance(scores, dict) else None
    return float(score) if isinstance(score, int | float) else None


def all_scores(row: Trial | Delivery) -> dict[str, dict[str, float | None]]:
    """All scores of a forecast, by part and name."""
    scores_by_part = metrics(row)
    for part in EVALUATED_PARTS:
        for name in MORE_SCORE_NAMES:
            scores_by_part[part][name] = score_of(row.more_scores, part, name)
    return scores_by_part


def scores_by_step(row: Trial | Delivery, part: Part) -> list[dict[str, Any]]:
    """The scores of each step ahead, with its number. Raises NotFound before there are any."""
    horizon = row.experiment.horizon
    if row.validation_rmse is not None and horizon == 1:
        scores = all_scores(row)[part]
        return [{"step": 1, **{name: scores[name] for name in STEP_SCORE_NAMES}}]
    steps = (row.step_scores or {}).get(part)
    if steps is None:
        name = f"Trial {row.number}" if isinstance(row, Trial) else "The best model"
        raise NotFound(f"{name} has no scores of the {part.value} part (yet).")
    items = []
    for index in range(horizon):
        step_scores = {name: steps[name][index] for name in STEP_SCORE_NAMES}
        items.append({"step": index + 1, **step_scores})
    return items


def _score_trials(
    session: Session, experiment: Experiment, scorer: ForecastScorer
) -> Iterator[ScoredRow]:
    query = (
        select(Trial.id, Trial.validation_rmse, Forecast.part, Forecast.predicted)
        .outerjoin(Forecast, Forecast.trial_id == Trial.id)
        .where(Trial.experiment_id == experiment.id, *TRIALS_WITHOUT)
        .order_by(Trial.id)
        .execution_options(yield_per=200)
    )
    rows_by_trial = groupby(session.execute(query), key=lambda row: (row.id, row.validation_rmse))
    for (trial_id, rmse), rows in rows_by_trial:
        contents: dict[Part, bytes | None] = {row.part: row.predicted for row in rows}
        yield ScoredRow(Trial, trial_id, rmse, scorer.score(contents))


def _score_columns(
    session: Session,
    table: type[Delivery | Baseline],
    conditions: Sequence[ColumnElement[bool]],
    scorer: ForecastScorer,
) -> Iterator[ScoredRow]:
    """Of a table that keeps the forecasts of both parts in columns of its own."""
    query = select(
        KEYS[table],
        table.validation_rmse,
        table.validation_forecast,
        table.test_forecast,
    ).where(*conditions)
    for key, rmse, validation, test in session.execute(query):
        contents = {Part.VALIDATION: validation, Part.TEST: test}
        yield ScoredRow(table, key, rmse, scorer.score(contents))
