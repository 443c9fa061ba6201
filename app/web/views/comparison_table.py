"""The table of several trials side by side: scores, cost, and parameters that differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.db.models import Epoch, Trial
from app.domain.diagnosis import Diagnosis
from app.domain.objectives import Yardstick
from app.domain.terms import EVALUATED_PARTS, Part
from app.services.boards import BoardGain
from app.web.charts.comparison import EpochsByTrial
from app.web.digits import write_numbers, write_percentages
from app.web.formats import duration, integer, percent, value
from app.web.views.board_text import summarise_gain

Write = Callable[[Sequence[float | None]], Sequence[str]]


@dataclass(frozen=True)
class Row:
    """One row with a cell for each trial.

    `best`: the indices of the best cells, none where all are equal or cannot be compared.
    `differences`: of each cell to that of the pinned trial, empty where none is pinned.
    """

    title: str
    cells: tuple[str, ...]
    best: tuple[int, ...] = ()
    is_parameter: bool = False
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """A score of trials: how several are written, and which of them is the best.

    find_best: None on the test part, which is not for choosing.
    """

    title: str
    attribute: str
    write: Write
    find_best: Callable[..., float] | None


SCORES = (
    Score("validation RMSE", "validation_rmse", write_numbers, min),
    Score("skill on validation", "validation_skill", write_percentages, max),
    Score("test RMSE", "test_rmse", write_numbers, None),
    Score("skill on test", "test_skill", write_percentages, None),
)


def score_rows(
    trials: Sequence[Trial],
    epochs_by_trial: EpochsByTrial,
    diagnoses: Mapping[int, Diagnosis],
    yardstick: Yardstick,
    pinned: int | None = None,
) -> list[Row]:
    """The rows of what trials score and what they cost.

    They begin with the error that the trials are compared by, where that is not the RMSE.
    diagnoses: by trial id. pinned: the index of the trial that the others are compared with.
    """
    rows = []
    if not yardstick.is_rmse:
        rows += [_error_row(yardstick, trials, part, pinned) for part in EVALUATED_PARTS]
    rows += [_score_row(score, trials, pinned) for score in SCORES]
    kinds = _diagnosis_cells(trials, diagnoses)
    best_epochs = []
    epochs_trained = []
    seconds = []
    for trial in trials:
        epochs = epochs_by_trial[trial.id]
        best_epochs.append(integer(trial.best_epoch))
        epochs_trained.append(integer(trial.epochs_trained))
        seconds.append(_training_seconds(epochs))
    rows.append(Row("diagnosis", kinds))
    rows.append(Row("best epoch", tuple(best_epochs)))
    rows.append(Row("epochs trained", tuple(epochs_trained)))
    took = _row_with_best("training took", seconds, _write_durations, min)
    rows.append(replace(took, differences=_relative_differences(seconds, pinned)))
    return rows


def gain_rows(gains: Sequence[BoardGain | None]) -> list[Row]:
    """How much better each trial is than the best baseline; no rows where none is known."""
    titles = [gain.baseline.title for gain in gains if gain is not None]
    if not titles:
        return []
    title = titles[0]
    rows = []
    for part in EVALUATED_PARTS:
        cells = []
        for gain in gains:
            cell = summarise_gain(gain.gains[part]) if gain else None
            cells.append(value(cell))
        row = Row(f"better than {title} on {part.value}", tuple(cells))
        rows.append(row)
    return rows


def parameter_rows(trials: Sequence[Trial]) -> list[Row]:
    """The rows of the parameters in which the trials differ."""
    names: dict[str, None] = {}
    for trial in trials:
        names |= dict.fromkeys(trial.parameters)
    rows = []
    for name in names:
        cells = []
        for trial in trials:
            parameter = trial.parameters.get(name)
            cells.append(value(parameter))
        if len(set(cells)) > 1:
            row = Row(name, tuple(cells), is_parameter=True)
            rows.append(row)
    return rows


def pin_rows(rows: Sequence[Row], pinned: int | None) -> list[Row]:
    """The rows of parameters, with "same" at each cell that equals the pinned trial's."""
    if pinned is None:
        return list(rows)
    pinned_rows = []
    for row in rows:
        differences = []
        for index, cell in enumerate(row.cells):
            is_same = index != pinned and cell == row.cells[pinned]
            differences.append("same" if is_same else "")
        pinned_rows.append(replace(row, differences=tuple(differences)))
    return pinned_rows


def _score_row(score: Score, trials: Sequence[Trial], pinned: int | None) -> Row:
    scores = [getattr(trial, score.attribute) for trial in trials]
    row = Row(score.title, tuple(score.write(scores)))
    if score.find_best is not None:
        row = _row_with_best(score.title, scores, score.write, score.find_best)
    if score.write is write_percentages:
        return replace(row, differences=_point_differences(scores, pinned))
    return replace(row, differences=_relative_differences(scores, pinned))


def _point_differences(scores: Sequence[float | None], pinned: int | None) -> tuple[str, ...]:
    """Of fractions to the pinned one's, in percentage points."""
    return _differences(scores, pinned, lambda score, base: f"{100 * (score - base):+.1f} points")


def _relative_differences(scores: Sequence[float | None], pinned: int | None) -> tuple[str, ...]:
    """Of amounts to the pinned one's, in percent of that."""

    def write(score: float, base: float) -> str:
        if not base:
            return ""
        fraction = (score - base) / base
        sign = "+" if fraction > 0 else ""
        return f"{sign}{percent(fraction)}"

    return _differences(scores, pinned, write)


def _differences(
    scores: Sequence[float | None], pinned: int | None, write: Callable[[float, float], str]
) -> tuple[str, ...]:
    if pinned is None or scores[pinned] is None:
        return ()
    base = scores[pinned]
    texts = []
    for index, score in enumerate(scores):
        is_told = index != pinned and score is not None and base is not None
        texts.append(write(score, base) if is_told else "")  # type: ignore[arg-type]
    return tuple(texts)


def _error_row(
    yardstick: Yardstick, trials: Sequence[Trial], part: Part, pinned: int | None
) -> Row:
    title = f"{part.value} {yardstick.name}"
    errors = [yardstick.of_part(trial, part) for trial in trials]
    row = Row(title, tuple(write_numbers(errors)))
    if part == Part.VALIDATION:
        row = _row_with_best(title, errors, write_numbers, min)
    return replace(row, differences=_relative_differences(errors, pinned))


def _diagnosis_cells(
    trials: Sequence[Trial], diagnoses: Mapping[int, Diagnosis]
) -> tuple[str, ...]:
    kinds = []
    for trial in trials:
        kind = None
        diagnosis = diagnoses.get(trial.id)
        if diagnosis is not None:
            kind = diagnosis.kind.value
        kinds.append(value(kind))
    return tuple(kinds)


def _write_durations(seconds: Sequence[float | None]) -> list[str]:
    return [duration(amount) for amount in seconds]


def _training_seconds(epochs: Sequence[Epoch]) -> float | None:
    seconds = sum(epoch.seconds for epoch in epochs)
    if seconds == 0:
        return None
    return seconds


def _row_with_best(
    title: str,
    scores: Sequence[float | None],
    write: Write,
    find_best: Callable[..., float] | None,
) -> Row:
    cells = tuple(write(scores))
    distinct_scores = set(scores) - {None}
    if find_best is None or len(distinct_scores) < 2:
        return Row(title, cells)
    best_score = find_best(distinct_scores)
    best_indices = []
    for index, score in enumerate(scores):
        if score == best_score:
            best_indices.append(index)
    return Row(title, cells, tuple(best_indices))
