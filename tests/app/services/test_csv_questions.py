"""What a file leaves open is asked, until somebody has settled it."""

from dataclasses import replace

import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.series import NONE, Choice
from app.domain.csv_reading.table import read_table
from app.services.csv_questions import find_questions, find_unanswered
from tests import factories
from tests.doubtful import doubtful_dates_csv


def table_of(content: bytes, *more: Finding):
    table = read_table(content, detect_dialect(content))
    return replace(table, findings=(*table.findings, *more))


def test_a_doubt_is_a_question_with_its_choices_until_its_field_is_settled():
    table = table_of(doubtful_dates_csv())

    [question] = find_questions(table, set())

    assert question.field == "date_format"
    assert {choice.value for choice in question.choices} == {"%d/%m/%Y", "%m/%d/%Y"}
    assert find_questions(table, {"date_format"}) == []


def test_a_clear_file_has_no_questions():
    assert find_questions(table_of(factories.random_walk_csv()), set()) == []


@pytest.mark.parametrize(
    ("field", "expected"),
    [("key", ["key"]), ("key_columns", ["key_columns"]), ("date_format", []), ("date", [])],
)
def test_saving_confirms_what_was_taken_and_nothing_else(field, expected):
    doubt = Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message="Which one?",
        field=field,
        choices=(Choice(NONE, "nothing"), Choice("b", "b")),
    )
    table = table_of(factories.random_walk_csv(), doubt)

    unanswered = find_unanswered(table, set())

    assert [problem.field for problem in unanswered] == expected
    assert [problem.choices[0].value for problem in unanswered] == ["none"] * len(expected)
