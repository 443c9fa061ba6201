"""What a person decided about a file by saving it, kept for the next file like it."""

from typing import TYPE_CHECKING

from app.domain.csv_reading.future_rows import find_ahead
from app.domain.csv_reading.numbers.targets import guess_target
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import NONE
from app.domain.csv_reading.table import Table
from app.services.csv_fields import DIALECT_PARTS
from app.services.csv_questions import find_questions
from app.services.preparation import PreparedDataset
from app.web.forms.table_preview import varying_columns

if TYPE_CHECKING:
    from app.web.forms.upload import UploadPreview


def find_corrections(
    preview: "UploadPreview", table: Table, prepared: PreparedDataset
) -> dict[str, list[str]]:
    """What a person decided or confirmed by saving, and what is not as it would be by itself."""
    corrections = {name: preview.texts[name] for name in preview.corrected}
    for question in find_questions(table, corrections):
        if question.field in DIALECT_PARTS:
            corrections[question.field] = [text for text in preview.shown[question.field] if text]
    usual = CleaningOptions()
    for name in ("missing", "duplicates", "constant"):
        answer = getattr(preview.choices, name)
        if answer != getattr(usual, name):
            corrections[name] = [answer]
    if prepared.target != guess_target(table):
        corrections["target"] = [prepared.target]
    if set(prepared.features) != {*varying_columns(table), prepared.target}:
        corrections["features"] = list(prepared.features)
    preset = find_ahead(table, prepared.target, prepared.features, None)
    if set(prepared.known_ahead) != set(preset.columns):
        corrections["known_ahead"] = list(prepared.known_ahead) or [NONE]
    return corrections
