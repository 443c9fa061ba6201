"""What a file leaves open: doubts that somebody must settle before it is saved."""

from collections.abc import Collection

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import Finding, to_problem
from app.domain.csv_reading.series import FileProblem
from app.domain.csv_reading.table import Table

NEEDED_KINDS = ("question", "series")  # of findings that only a person can decide
NEEDED_PARTS = {  # fields whose doubts only an answer settles, while nothing is taken for them
    "date": "date_columns",
    "date_format": "date_format",
    "key_columns": "key_columns",
    "key": "key",
}


def find_questions(table: Table, settled_fields: Collection[str]) -> list[FileProblem]:
    """The doubts of a file that these fields do not settle, with the values to choose from."""
    return [to_problem(finding) for finding in _find_doubts(table, settled_fields)]


def find_unanswered(table: Table, settled_fields: Collection[str]) -> list[FileProblem]:
    """The doubts for which nothing was taken: whoever saves confirms nothing by it."""
    unanswered = []
    for finding in _find_doubts(table, settled_fields):
        if needs_answer(finding, table.dialect):
            unanswered.append(to_problem(finding))
    return unanswered


def needs_answer(finding: Finding, dialect: Dialect) -> bool:
    """Whether only a person can decide what a finding leaves open, or nothing was taken for it."""
    if not finding.choices:
        return False
    if finding.kind in NEEDED_KINDS:
        return True
    part = NEEDED_PARTS.get(finding.field)
    if part is None:
        return False
    return not getattr(dialect, part)


def _find_doubts(table: Table, settled_fields: Collection[str]) -> list[Finding]:
    doubts = []
    for finding in table.findings:
        if finding.is_question and finding.field not in settled_fields:
            doubts.append(finding)
    return doubts
