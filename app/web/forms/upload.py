"""The form that shows how a CSV reads, and what a person corrected in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.csv_reading.cleaning import CleaningOptions
from app.domain.csv_reading.date_formats import describe_format
from app.domain.csv_reading.dates import DATE_FORMATS
from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.encoding import ENCODINGS, detect_encoding
from app.domain.csv_reading.rows import SEPARATORS
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.table import Table, read_table
from app.services.file_reader import FileReader
from app.services.preparation import PreparedDataset, prepare
from app.web.forms.table_preview import TablePreview

MAX_SHOWN_LINES = 8
MAX_SHOWN_LINE_LENGTH = 160
MAX_BYTES_PER_LINE = 10_000
NO_DATE = "(none: number the rows)"

DIALECT_OPTIONS: dict[str, dict[str, str]] = {
    "separator": SEPARATORS,
    "decimal": {".": "point (1.5)", ",": "comma (1,5)"},
    "thousands": {"": "none", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"},
    "encoding": {name: name for name in ENCODINGS},
    "has_header": {"true": "yes", "false": "no: the first line is data"},
    "missing": {"refuse": "refuse", "drop": "drop the rows", "fill": "fill with the value before"},
    "duplicates": {"refuse": "refuse", "first": "keep the first", "last": "keep the last"},
    "constant": {"drop": "leave them out", "keep": "keep them"},
    "date_format": {date_format: describe_format(date_format) for date_format in DATE_FORMATS},
}
DIALECT_FIELDS = {  # fields of the form, and the attributes of Dialect they set
    "encoding": "encoding",
    "separator": "separator",
    "decimal": "decimal",
    "thousands": "thousands",
    "has_header": "has_header",
    "date": "date_columns",
    "date_format": "date_format",
}


@dataclass
class UploadPreview:
    """How a file reads.

    `corrected`: fields of the form that a person has decided. `table` is None where the file
    cannot be read; then `lines` shows how it begins. `problems`: field and message of each.
    `prepared`: what is saved, where that was asked for and nothing is in the way.
    """

    dialect: Dialect
    choices: CleaningOptions
    corrected: tuple[str, ...] = ()
    table: TablePreview | None = None
    problems: list[FileProblem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    prepared: PreparedDataset | None = None

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field."""
        errors: dict[str, list[str]] = {}
        for problem in self.problems:
            messages = errors.setdefault(problem.field, [])
            messages.append(problem.message)
        return errors

    @property
    def shown(self) -> dict[str, str]:
        """What the fields about the dialect show."""
        return dialect_fields(self.dialect)

    @property
    def target(self) -> str:
        """The chosen target, or the likeliest one."""
        assert self.table is not None
        return self.choices.target or self.table.likely_target

    @property
    def features(self) -> tuple[str, ...]:
        """The chosen features, or all columns that vary."""
        assert self.table is not None
        if self.choices.features is not None:
            return self.choices.features
        return self.table.varying_columns


def read_apart(
    file_reader: FileReader,
    preview: Callable[[bytes, Mapping[str, Any]], UploadPreview],
    content: bytes,
    answers: Mapping[str, Any],
) -> UploadPreview:
    """A preview made where no other request waits for it, or why that took too much."""
    try:
        return file_reader.read(preview, content, answers)
    except SeriesError as error:
        refused = _blank_preview(answers)
        refused.problems = error.problems
        return refused


def preview_upload(content: bytes, answers: Mapping[str, Any]) -> UploadPreview:
    """Read a file as it was detected and corrected.

    The choice of a column is ignored where the file, read in another way, has no such column any
    more. Once a person has made choices, problems say what is in the way of saving it.
    """
    preview, table = _read(content, answers)
    if table is not None:
        preview.choices = _keep_existing_columns(preview.choices, table)
        _show_table(preview, table)
        if "missing" in answers:
            _prepare(preview, table)
    return preview


def prepare_upload(content: bytes, answers: Mapping[str, Any]) -> UploadPreview:
    """Read a file to save it, with exactly the columns that were chosen."""
    preview, table = _read(content, answers)
    if table is not None:
        _prepare(preview, table)
        if preview.problems:
            _show_table(preview, table)
    return preview


def _read(content: bytes, answers: Mapping[str, Any]) -> tuple[UploadPreview, Table | None]:
    """How a file reads, before its table is shown; no table where there is a problem."""
    preview = _blank_preview(answers)
    try:
        preview.dialect = detect_dialect(content, corrections(answers))
        return preview, read_table(content, preview.dialect)
    except SeriesError as error:
        preview.problems = error.problems
        preview.lines = first_lines(content, preview.dialect.encoding)
        return preview, None


def _blank_preview(answers: Mapping[str, Any]) -> UploadPreview:
    """What the answers say, of a file that has not been read."""
    corrected = corrections(answers)
    corrected_fields = [name for name, part in DIALECT_FIELDS.items() if part in corrected]
    return UploadPreview(
        dialect=replace(Dialect(), **corrected),
        choices=choices(answers),
        corrected=tuple(corrected_fields),
    )


def _show_table(preview: UploadPreview, table: Table) -> None:
    preview.table = TablePreview.of(table, preview.choices.target)


def _prepare(preview: UploadPreview, table: Table) -> None:
    """Make what is saved, or note every problem."""
    try:
        preview.prepared = prepare(table, preview.choices)
    except SeriesError as error:
        preview.problems = error.problems


def first_lines(content: bytes, encoding: str) -> list[str]:
    """How a file begins, to show why it cannot be read; nothing of a binary file."""
    try:
        detect_encoding(content)
    except SeriesError:
        return []
    beginning = content[: MAX_SHOWN_LINES * MAX_BYTES_PER_LINE]
    text = beginning.decode(encoding, "replace")
    lines = text.splitlines()[:MAX_SHOWN_LINES]
    return [line[:MAX_SHOWN_LINE_LENGTH] for line in lines]


def corrections(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of Dialect that a person has decided.

    These are answers that differ from what the form showed (its fields `shown_*`), and those
    corrected before (its field `corrected`). An answer to a field that was not shown counts.
    Unknown answers are ignored.
    """
    corrected_text = str(answers.get("corrected", ""))
    corrected_before = corrected_text.split()
    corrected: dict[str, Any] = {}
    for name, part in DIALECT_FIELDS.items():
        answer = answers.get(name)
        shown = answers.get(f"shown_{name}")
        if answer is None:
            continue
        if answer == shown and name not in corrected_before:
            continue
        options = DIALECT_OPTIONS.get(name, {})
        if name == "date":
            corrected[part] = () if answer == NO_DATE else (answer,)
        elif name == "has_header" and answer in options:
            corrected[part] = answer == "true"
        elif answer in options:
            corrected[part] = answer
    return corrected


def dialect_fields(dialect: Dialect) -> dict[str, str]:
    """A dialect as the form shows it."""
    return {
        "encoding": dialect.encoding,
        "separator": dialect.separator,
        "decimal": dialect.decimal,
        "thousands": dialect.thousands or "",
        "has_header": str(dialect.has_header).lower(),
        "date": dialect.date_name or NO_DATE,
        "date_format": dialect.date_format or "",
    }


def choices(answers: Mapping[str, Any]) -> CleaningOptions:
    """Target, features and how to clean the rows.

    A form that was sent with no feature ticked means that there is none besides the target.
    """
    target = answers.get("target") or None
    features: tuple[str, ...] | None = tuple(answers.get("features") or ())
    was_sent = "target" in answers
    if not features and not was_sent:
        features = None
    return CleaningOptions(
        target=target,
        features=features,
        missing=_option(answers, "missing", "refuse"),
        duplicates=_option(answers, "duplicates", "refuse"),
        constant=_option(answers, "constant", "drop"),
    )


def _option(answers: Mapping[str, Any], name: str, default: str) -> Any:
    answer = answers.get(name)
    if answer in DIALECT_OPTIONS[name]:
        return answer
    return default


def _keep_existing_columns(chosen: CleaningOptions, table: Table) -> CleaningOptions:
    """The choices without columns that are no number columns of the table."""
    number_columns = table.number_columns
    target = chosen.target
    if target not in number_columns:
        target = None
    target_is_gone = bool(chosen.target) and target is None
    if chosen.features is None or target_is_gone:
        return replace(chosen, target=target, features=None)
    features = set(chosen.features) & set(number_columns)
    return replace(chosen, target=target, features=tuple(features))
