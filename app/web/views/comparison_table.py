"""The table of several trials side by side: scores, cost, and parameters that differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.models import Epoch, Trial
from app.domain.diagnosis import Diagnosis
from app.web.charts.comparison import EpochsByTrial
from app.web.templating import duration, integer, number, percent, value


@dataclass(frozen=True)
class Row:
    """One row with a cell for each trial.

    `best`: the indices of the best cells, none where all are equal or cannot be compared.
    """

    title: str
    cells: tuple[str, ...]
    best: tuple[int, ...] = ()
    is_parameter: bool = False


@dataclass(frozen=True)
class Score:
    """A score of trials: how it is written, and which of several scores is the best."""

    title: str
    attribute: str
    write: Callable[[Any], str]
    find_best: Callable[..., float]


SCORES = (
    Score("validation RMSE", "validation_rmse", number, min),
    Score("skill on validation", "validation_skill", percent, max),
    Score("test RMSE", "test_rmse", number, min),
    Score("skill on test", "test_skill", percent, max),
)


def score_rows(
    trials: Sequence[Trial], epochs_by_trial: EpochsByTrial, diagnoses: Mapping[int, Diagnosis]
) -> list[Row]:
    """The rows of what trials score and what they cost. `diagnoses`: by trial id."""
    scores = [_score_row(score, trials) for score in SCORES]
    kinds = _diagnosis_cells(trials, diagnoses)
    best_epochs = tuple(integer(trial.best_epoch) for trial in trials)
    epochs_trained = tuple(integer(trial.epochs_trained) for trial in trials)
    seconds = [_training_seconds(epochs_by_trial[trial.id]) for trial in trials]
    return [
        *scores,
        Row("diagnosis", kinds),
        Row("best epoch", best_epochs),
        Row("epochs trained", epochs_trained),
        _row_with_best("training took", seconds, duration, min),
    ]


def parameter_rows(trials: Sequence[Trial]) -> list[Row]:
    """The rows of the parameters in which the trials differ."""
    names: dict[str, None] = {}
    for trial in trials:
        names |= dict.fromkeys(trial.parameters)
    rows = []
    for name in names:
        cells = tuple(value(trial.parameters.get(name)) for trial in trials)
        if len(set(cells)) > 1:
            rows.append(Row(name, cells, is_parameter=True))
    return rows


def _score_row(score: Score, trials: Sequence[Trial]) -> Row:
    scores = [getattr(trial, score.attribute) for trial in trials]
    return _row_with_best(score.title, scores, score.write, score.find_best)


def _diagnosis_cells(
    trials: Sequence[Trial], diagnoses: Mapping[int, Diagnosis]
) -> tuple[str, ...]:
    kinds = []
    for trial in trials:
        diagnosis = diagnoses.get(trial.id)
        kinds.append(diagnosis.kind.value if diagnosis else value(None))
    return tuple(kinds)


def _training_seconds(epochs: Sequence[Epoch]) -> float | None:
    seconds = sum(epoch.seconds for epoch in epochs)
    return seconds or None


def _row_with_best(
    title: str,
    scores: Sequence[float | None],
    write: Callable[[Any], str],
    find_best: Callable[..., float],
) -> Row:
    cells = tuple(write(score) for score in scores)
    distinct_scores = {score for score in scores if score is not None}
    if len(distinct_scores) < 2:
        return Row(title, cells)
    best_score = find_best(distinct_scores)
    best = tuple(index for index, score in enumerate(scores) if score == best_score)
    return Row(title, cells, best)
