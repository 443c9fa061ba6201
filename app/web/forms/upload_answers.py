"""What a person answered on the page of an upload, and what the page's fields show."""

from collections.abc import Mapping, Sequence

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.series import NONE
from app.domain.csv_reading.several.keys import format_key
from app.services.csv_fields import CLEANING_FIELDS, DIALECT_PARTS, Texts

FormAnswers = Mapping[str, Sequence[str]]  # every text that was sent, by field

REMEMBERED_FIELD = "remembered"  # of answers that come from an earlier file, not from a form
SHOWN_AHEAD_FIELD = "shown_known_ahead"  # in a form that has these ticks
CHOICE_FIELD = "choose"  # of the buttons that settle a doubt: "date_format=%d/%m/%Y"
NONE_FIELDS = ("missing_numbers", "thousands")  # that can be emptied


def read_form(answers: FormAnswers) -> dict[str, list[str]]:
    """The fields that a person has decided.

    Of those about the dialect, these are answers that differ from what the form showed (its fields
    `shown_*`), and those corrected before (its field `corrected`). An answer to a field that was
    not shown counts. A button for a doubt decides its field, whatever the form says.
    """
    corrected_before = " ".join(answers.get("corrected", ())).split()
    texts: dict[str, list[str]] = {}
    for name in DIALECT_PARTS:
        if name not in answers:
            continue
        sent = _without_blanks(answers[name])
        shown = _without_blanks(answers.get(f"shown_{name}", ()))
        if f"shown_{name}" in answers and sent == shown and name not in corrected_before:
            continue
        if not sent and name in NONE_FIELDS:
            sent = [NONE]
        if sent:
            texts[name] = sent
    for name in CLEANING_FIELDS:
        sent = _without_blanks(answers.get(name, ()))
        if sent:
            texts[name] = sent
    for choice in answers.get(CHOICE_FIELD, ()):
        name, _, value = choice.partition("=")
        if name in DIALECT_PARTS or name in CLEANING_FIELDS:
            texts[name] = [value]
    is_from_form = "target" in answers and REMEMBERED_FIELD not in answers
    if is_from_form and "features" not in answers:
        texts["features"] = []  # no feature was ticked
    if SHOWN_AHEAD_FIELD in answers and "known_ahead" not in texts:
        texts["known_ahead"] = [NONE]  # none of those known ahead was ticked
    return texts


def show_dialect(dialect: Dialect) -> dict[str, list[str]]:
    """A dialect as the fields of the form show it."""
    numbers = [f"{number:g}" for number in dialect.missing_numbers]
    return {
        "encoding": [dialect.encoding],
        "separator": [dialect.separator],
        "decimal": [dialect.decimal],
        "thousands": [dialect.thousands or NONE],
        "has_header": [str(dialect.has_header).lower()],
        "date": list(dialect.date_columns) or [NONE],
        "date_format": [dialect.date_format or ""],
        "key_columns": list(dialect.key_columns),
        "key": [format_key(dialect.key)] if dialect.key else [],
        "is_transposed": [str(dialect.is_transposed).lower()],
        "missing_numbers": [" ".join(numbers)],
    }


def list_corrected(texts: Texts) -> tuple[str, ...]:
    """The fields about the dialect that are decided."""
    return tuple(name for name in DIALECT_PARTS if name in texts)


def _without_blanks(texts: Sequence[str]) -> list[str]:
    """The texts without empty ones; a space is a separator."""
    return [text for text in texts if text]
