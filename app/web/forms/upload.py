"""The form that shows how a CSV reads, and what a person corrected in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.csv_reading.dates.formats import describe_format
from app.domain.csv_reading.dialect import Dialect, detect_dialect, read_column_names
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import NONE, FileProblem, Series, SeriesError
from app.domain.csv_reading.table import Table, read_table
from app.services.csv_fields import (
    OPTIONS,
    CsvAnswers,
    read_answers,
)
from app.services.csv_questions import find_unanswered
from app.services.every_series import is_every_series, prepare_each
from app.services.file_reader import FileReader
from app.services.preparation import (
    PreparedDataset,
    find_shape,
    merge_problems,
    prepare,
    resolve_names,
    settle_dialect,
)
from app.web.forms.fields import group_messages
from app.web.forms.file_beginning import first_lines
from app.web.forms.table_preview import TablePreview
from app.web.forms.upload_answers import FormAnswers, list_corrected, read_form, show_dialect
from app.web.forms.upload_corrections import find_corrections
from app.web.views.filled_rows import FilledRows, list_filled_rows

NO_DATE_LABEL = "(none: number the rows)"
Options = list[tuple[str, str]]


@dataclass
class UploadPreview:
    """How a file reads.

    `texts`: the fields that a person has decided. `columns`: the names of all columns, as far as
    they are known. `table` is None where the file cannot be read; then `lines` shows how it begins.
    `problems`: field and message of each. `prepared`: what is saved, where that was asked for and
    nothing is in the way; then `corrections` is kept for the next file like it. `filled`: the rows
    that a chosen repair fills.
    """

    dialect: Dialect
    choices: CleaningOptions
    texts: dict[str, list[str]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    table: TablePreview | None = None
    problems: list[FileProblem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    prepared: list[PreparedDataset] = field(default_factory=list)
    corrections: dict[str, list[str]] = field(default_factory=dict)
    filled: FilledRows | None = None

    @property
    def corrected(self) -> tuple[str, ...]:
        """The fields about the dialect that a person has decided."""
        return list_corrected(self.texts)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field."""
        return group_messages((problem.field, problem.message) for problem in self.problems)

    @property
    def shown(self) -> dict[str, list[str]]:
        """What the fields about the dialect show."""
        return show_dialect(self.dialect)

    @property
    def target(self) -> str:
        """The chosen target, or the likeliest one."""
        if self.table is None:
            return self.choices.target or ""
        return self.choices.target or self.table.likely_target

    @property
    def features(self) -> tuple[str, ...]:
        """The chosen features, or all columns that vary."""
        if self.choices.features is not None:
            return self.choices.features
        if self.table is None:
            return ()
        return self.table.varying_columns

    @property
    def known_ahead(self) -> tuple[str, ...]:
        """The features known ahead that are chosen, or that the file shows to be."""
        if self.choices.known_ahead is not None:
            return self.choices.known_ahead
        if self.table is None:
            return ()
        return self.table.ahead.columns

    @property
    def is_known_ahead_open(self) -> bool:
        """Whether a person has yet to say what is known ahead."""
        if self.table is None:
            return False
        open_questions = self.table.remarks.in_state("open")
        return any(question.field == "known_ahead" for question in open_questions)

    @property
    def date_selects(self) -> list[str]:
        """What the lists for date columns show: one for each, and an empty one."""
        names = list(self.dialect.date_columns)
        if not names:
            return [NONE, ""]
        return [*names, ""]

    @property
    def date_options(self) -> Options:
        """What the first of these lists offers."""
        return [(NONE, NO_DATE_LABEL), *self.column_options]

    @property
    def column_options(self) -> Options:
        """All columns, and those that are chosen though the file does not have them."""
        chosen = (*self.dialect.date_columns, *self.dialect.key_columns)
        names = dict.fromkeys((*self.columns, *chosen))
        return [(name, name) for name in names]

    @property
    def date_format_options(self) -> Options:
        """The usual formats, and the one that is taken."""
        options = dict(OPTIONS["date_format"])
        date_format = self.dialect.date_format or ""
        unknown = "(none)"
        if self.dialect.date_columns:
            unknown = "(not known)"
        options.setdefault(date_format, describe_format(date_format) or unknown)
        return list(options.items())

    @property
    def key_options(self) -> Options:
        """The series to choose from, and the one that is taken."""
        options = {"": "(one series)"}
        if self.table is not None:
            for question in self.table.remarks.questions:
                if question.field == "key":
                    options[""] = "(not chosen yet)"
                    options |= {answer.value: answer.label for answer in question.answers}
        taken = "".join(self.shown["key"])
        options.setdefault(taken, taken)
        return list(options.items())


def read_apart(
    file_reader: FileReader,
    preview: Callable[[bytes, FormAnswers], UploadPreview],
    content: bytes,
    answers: FormAnswers,
) -> UploadPreview:
    """A preview made where no other request waits for it, or why that took too much."""
    try:
        return file_reader.read(preview, content, answers)
    except SeriesError as error:
        refused, _ = _begin_preview(answers)
        refused.problems += error.problems
        return refused


def preview_upload(content: bytes, answers: FormAnswers) -> UploadPreview:
    """Read a file as it was detected and corrected.

    The choice of a column is ignored where the file, read in another way, has no such column any
    more. Once a person has made choices, problems say what is in the way of saving it.
    """
    preview, csv_answers = _begin_preview(answers)
    table = _read(content, preview, csv_answers, is_strict=False)
    if table is not None:
        preview.choices = _keep_existing_columns(preview.choices, table)
        if "name" in answers or "missing" in preview.texts:
            _prepare(content, preview, table, csv_answers)
        _show_table(content, preview, table, csv_answers)
    return preview


def prepare_upload(content: bytes, answers: FormAnswers) -> UploadPreview:
    """Read a file to save it, with exactly the columns that were chosen."""
    preview, csv_answers = _begin_preview(answers)
    table = _read(content, preview, csv_answers, is_strict=True)
    if table is not None:
        _prepare(content, preview, table, csv_answers)
        if preview.problems:
            _show_table(content, preview, table, csv_answers)
    return preview


def _begin_preview(answers: FormAnswers) -> tuple[UploadPreview, CsvAnswers]:
    """What the answers say, of a file that has not been read."""
    texts = read_form(answers)
    csv_answers = read_answers(texts)
    settled = dict(csv_answers.settled)
    if "thousands" in settled:
        settled["thousands"] = settled["thousands"] or None
    preview = UploadPreview(
        dialect=replace(Dialect(), **settled),
        choices=csv_answers.cleaning,
        texts=texts,
        problems=list(csv_answers.problems),
    )
    return preview, csv_answers


def _read(
    content: bytes, preview: UploadPreview, answers: CsvAnswers, *, is_strict: bool
) -> Table | None:
    """The table of a file; None, with the reasons in the preview, where there is a problem.

    is_strict: whether an answer that does not fit the file is a problem.
    """
    try:
        answers = resolve_names(content, answers)
        preview.dialect = detect_dialect(content, answers.settled)
        preview.columns = tuple(read_column_names(content, preview.dialect))
        if is_strict:
            preview.dialect = settle_dialect(content, answers)
        table = read_table(content, preview.dialect)
    except SeriesError as error:
        preview.problems += error.problems
        preview.lines = first_lines(content, preview.dialect.encoding)
        return None
    preview.dialect = table.dialect
    preview.columns = table.columns
    return table


def _show_table(content: bytes, preview: UploadPreview, table: Table, answers: CsvAnswers) -> None:
    preview.table = TablePreview.of(content, table, preview.choices, answers.settled_fields)


def _prepare(content: bytes, preview: UploadPreview, table: Table, answers: CsvAnswers) -> None:
    """Make what is saved, or note every problem."""
    unanswered = find_unanswered(table, answers.settled_fields)
    try:
        if is_every_series(answers.settled):
            prepared = prepare_each(content, _settle_shown(preview, answers), preview.choices)
        else:
            shape = find_shape(content)
            prepared = [replace(prepare(table, preview.choices), shape=shape)]
    except SeriesError as error:
        preview.problems += merge_problems(unanswered, error.problems)
        return
    preview.filled = list_filled_rows(Series.from_bytes(prepared[0].series))
    preview.problems += unanswered
    if preview.problems:
        return
    preview.prepared = prepared
    preview.corrections = find_corrections(preview, table, prepared[0])


def _settle_shown(preview: UploadPreview, answers: CsvAnswers) -> dict[str, Any]:
    """The answers, and for what was taken without a question, what the page showed."""
    taken = read_answers({name: texts for name, texts in preview.shown.items() if any(texts)})
    return {**taken.settled, **answers.settled}


def _keep_existing_columns(chosen: CleaningOptions, table: Table) -> CleaningOptions:
    """The choices without columns that are no number columns of the table, in its order."""
    number_columns = table.number_columns
    target = chosen.target
    if target not in number_columns:
        target = None
    target_is_gone = bool(chosen.target) and target is None
    if target_is_gone:
        return replace(chosen, target=None, features=None, known_ahead=None)
    return replace(
        chosen,
        target=target,
        features=_keep_names(chosen.features, number_columns),
        known_ahead=_keep_names(chosen.known_ahead, number_columns),
    )


def _keep_names(chosen: tuple[str, ...] | None, names: Sequence[str]) -> tuple[str, ...] | None:
    """Of these names those that are chosen; None where nobody chose."""
    if chosen is None:
        return None
    return tuple(name for name in names if name in chosen)
