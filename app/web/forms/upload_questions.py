"""What the page of an upload asks and says about a table, the weightiest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.future_rows import Ahead, report_future, without_future
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import Choice
from app.domain.csv_reading.table import Table
from app.services.csv_fields import offer_options
from app.services.csv_questions import needs_answer
from app.web.forms.upload_answers import show_dialect

CAUTION = (
    "An interpolated value knows the next row, which a forecast never does: interpolate only "
    "where few values are missing, else the scores look better than they are."
)
MAX_SHOWN_NOTES = 40
MAX_BUTTONS = 6  # more choices are a list to choose from
FIELD_LABELS = {
    "separator": "Separator",
    "decimal": "Decimal sign",
    "thousands": "Thousands sign",
    "encoding": "Encoding",
    "has_header": "Header",
    "date": "Date",
    "date_format": "Date format",
    "key_columns": "Columns that name a series",
    "key": "Series",
    "is_transposed": "Series in lines",
    "missing_numbers": "Numbers for missing values",
    "target": "Target",
    "features": "Features",
    "known_ahead": "Known ahead",
    "missing": "Missing values",
    "duplicates": "Repeated dates",
    "constant": "Columns that never change",
    "file": "File",
}
CLEANING_QUESTIONS = {  # what an option of the form is about
    FindingKind.MISSING: "missing",
    FindingKind.TEXT: "missing",
    FindingKind.DATE: "missing",
    FindingKind.BOUND: "missing",
    FindingKind.DUPLICATES: "duplicates",
}
NOTE_WEIGHTS = (  # of notes, the weightiest first; other kinds come before them
    FindingKind.DATE,
    FindingKind.TEXT,
    FindingKind.MISSING,
    FindingKind.DUPLICATES,
    FindingKind.UNSORTED,
    FindingKind.GAP,
    FindingKind.SKIPPED,
    FindingKind.LEFT_OUT,
    FindingKind.CONSTANT,
    FindingKind.HEADER,
)


class QuestionState(StrEnum):
    """How a question stands."""

    OPEN = "open"  # in the way of saving
    TAKEN = "taken"  # one answer was taken, which saving confirms
    SETTLED = "settled"  # by the person


@dataclass(frozen=True)
class OfferedAnswer:
    """An answer that a person can choose. is_taken: whether the file is read so at present."""

    value: str
    label: str
    is_taken: bool


@dataclass(frozen=True)
class Question:
    """Something the file leaves open: the field that settles it, why it is asked, and answers.

    caution: what to know before choosing one of them.
    """

    field: str
    messages: tuple[str, ...]
    answers: tuple[OfferedAnswer, ...]
    state: QuestionState
    caution: str = ""

    @property
    def label(self) -> str:
        """What is asked about."""
        return FIELD_LABELS.get(self.field, self.field)

    @property
    def is_about_rows(self) -> bool:
        """Whether it asks for a repair of rows, for which the form has no other field."""
        return self.field in CLEANING_QUESTIONS.values()

    @property
    def has_buttons(self) -> bool:
        """Whether the answers are few enough for buttons."""
        return len(self.answers) <= MAX_BUTTONS


@dataclass(frozen=True)
class Remarks:
    """What is asked and said about a table. hidden_notes: how many more notes there are."""

    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    hidden_notes: int

    @classmethod
    def of(
        cls,
        table: Table,
        cleaning: CleaningOptions,
        settled_fields: Collection[str],
        used_columns: Collection[str],
        target: str,
        ahead: Ahead,
    ) -> "Remarks":
        """The remarks on a table of which these columns are used."""
        questions = []
        noted = []
        about_rows: dict[str, list[Finding]] = {}
        findings = without_future(table.findings, table, ahead)
        if "known_ahead" not in settled_fields:
            findings += report_future(table, target, ahead)
        for finding in findings:
            cleaning_field = CLEANING_QUESTIONS.get(finding.kind)
            if finding.kind == FindingKind.TARGET and "target" in settled_fields:
                continue
            if finding.choices:
                questions.append(_ask(finding, table, settled_fields))
            elif cleaning_field and finding.column in used_columns:
                about_rows.setdefault(cleaning_field, []).append(finding)
            else:
                noted.append(finding)
        for field, findings in about_rows.items():
            questions.append(_ask_about_rows(field, findings, getattr(cleaning, field)))
        questions.sort(key=lambda question: list(QuestionState).index(question.state))
        noted.sort(key=_weigh_note)
        notes = [finding.message for finding in noted]
        return cls(
            questions=tuple(questions),
            notes=tuple(notes[:MAX_SHOWN_NOTES]),
            hidden_notes=max(0, len(notes) - MAX_SHOWN_NOTES),
        )

    def in_state(self, *states: str) -> list[Question]:
        """The questions that stand so."""
        return [question for question in self.questions if question.state in states]


def _ask(finding: Finding, table: Table, settled_fields: Collection[str]) -> Question:
    choices = finding.choices
    state = QuestionState.TAKEN
    taken = choices[0].value
    if finding.field in settled_fields:
        state = QuestionState.SETTLED
        taken = ",".join(show_dialect(table.dialect).get(finding.field, []))
    elif needs_answer(finding, table.dialect):
        state = QuestionState.OPEN
        taken = ""
    return Question(
        field=finding.field,
        messages=(finding.message,),
        answers=_offer(choices, taken),
        state=state,
    )


def _ask_about_rows(field: str, findings: Sequence[Finding], answer: str) -> Question:
    """The question what to do about rows that are in the way until it is answered."""
    kinds = {finding.kind for finding in findings}
    left_out = {"refuse"}
    if FindingKind.BOUND not in kinds:
        left_out.add("bound")
    if kinds == {FindingKind.DATE}:
        left_out |= {"fill", "interpolate"}  # a row without a date has no neighbours
    choices = [choice for choice in offer_options(field) if choice.value not in left_out]
    is_open = answer == "refuse"
    caution = ""
    if any(choice.value == "interpolate" for choice in choices):
        caution = CAUTION
    return Question(
        field=field,
        messages=tuple(finding.message for finding in findings),
        answers=_offer(choices, answer),
        state=QuestionState.OPEN if is_open else QuestionState.SETTLED,
        caution=caution,
    )


def _offer(choices: Sequence[Choice], taken: str) -> tuple[OfferedAnswer, ...]:
    return tuple(
        OfferedAnswer(choice.value, choice.label, is_taken=choice.value == taken)
        for choice in choices
    )


def _weigh_note(finding: Finding) -> int:
    if finding.kind not in NOTE_WEIGHTS:
        return -1
    return NOTE_WEIGHTS.index(finding.kind)
