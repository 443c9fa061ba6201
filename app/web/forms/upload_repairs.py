"""The buttons that save an upload: each says which repair it makes, where one is needed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.csv_reading.future_rows import Ahead
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import Table
from app.services.wording import count_nouns
from app.web.forms.upload_questions import Question, QuestionState

ROW_FIELDS = ("missing", "duplicates")  # whose questions a button that saves can answer
PLAIN_SAVE = "Save as a dataset"


@dataclass(frozen=True)
class SaveButton:
    """A button that saves. field, value: the answer that it sends; empty where it sends none."""

    label: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class MissingCounts:
    """How many values the used columns lack, and how many rows are incomplete or have no date."""

    values: int
    rows: int


def count_missing(table: Table, used_columns: Collection[str], ahead: Ahead) -> MissingCounts:
    """What is missing in a table, without the rows to forecast."""
    names = [name for name in table.number_columns if name in used_columns]
    is_missing = table.numbers[names].isna().to_numpy(dtype=bool) & ~ahead.is_future[:, None]
    is_incomplete = is_missing.any(axis=1)
    if table.dates is not None:
        is_incomplete = is_incomplete | table.dates.isna().to_numpy()
    return MissingCounts(int(is_missing.sum()), int(np.count_nonzero(is_incomplete)))


def offer_buttons(
    questions: Sequence[Question], cleaning: CleaningOptions, missing: MissingCounts
) -> list[SaveButton]:
    """One button for each answer to the only open question, where that is about rows; else one."""
    open_questions = [question for question in questions if question.state == QuestionState.OPEN]
    if not open_questions:
        label = PLAIN_SAVE
        if missing.rows:
            label = _label("missing", cleaning.missing, missing)
        return [SaveButton(label)]
    question = open_questions[0]
    if len(open_questions) > 1 or question.field not in ROW_FIELDS:
        return [SaveButton(PLAIN_SAVE)]
    buttons = []
    for answer in question.answers:
        label = _label(question.field, answer.value, missing)
        buttons.append(SaveButton(label, question.field, answer.value))
    return buttons


def _label(field: str, value: str, missing: MissingCounts) -> str:
    values = count_nouns(missing.values, "missing value")
    labels = {
        ("missing", "fill"): f"Fill {values} and save",
        ("missing", "interpolate"): f"Interpolate {values} and save",
        ("missing", "drop"): f"Leave out {count_nouns(missing.rows, 'row')} and save",
        ("missing", "bound"): "Read <1 as 1 and save",
        ("duplicates", "first"): "Keep the first row of each date and save",
        ("duplicates", "last"): "Keep the last row of each date and save",
    }
    return labels.get((field, value), PLAIN_SAVE)
