"""What must be decided comes before what was decided, and that before what is worth knowing."""

from dataclasses import replace

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.future_rows import find_ahead
from app.domain.csv_reading.numbers.targets import guess_target
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.web.forms.upload_questions import MAX_SHOWN_NOTES, QuestionState, Remarks
from tests import factories
from tests.doubtful import OTHER_FORMAT, doubtful_dates_csv
from tests.several import panel_csv


def remarks_on(content, settled=(), cleaning=None, used=("Close", "Date"), findings=()):
    table = read_table(content, detect_dialect(content))
    table = replace(table, findings=(*table.findings, *findings))
    return remarks_of(table, settled, cleaning, used)


def remarks_of(table, settled=(), cleaning=None, used=()):
    target = guess_target(table)
    ahead = find_ahead(table, target, used, None)
    return Remarks.of(table, cleaning or CleaningOptions(), set(settled), set(used), target, ahead)


def test_a_doubt_was_decided_for_a_person_and_names_what_was_taken():
    taken = detect_dialect(doubtful_dates_csv()).date_format

    [question] = remarks_on(doubtful_dates_csv()).questions

    assert (question.state, question.field) == (QuestionState.TAKEN, "date_format")
    assert [(answer.value, answer.is_taken) for answer in question.answers] == [
        (taken, True),
        (OTHER_FORMAT[taken], False),
    ]


def test_a_settled_doubt_is_shown_as_the_persons_choice():
    content = doubtful_dates_csv()
    other = OTHER_FORMAT[detect_dialect(content).date_format]
    table = read_table(content, detect_dialect(content, {"date_format": other}))

    [question] = remarks_of(table, {"date_format"}).questions

    taken = [answer.value for answer in question.answers if answer.is_taken]
    assert question.state == QuestionState.SETTLED
    assert taken == [other]


def test_a_file_with_several_series_must_be_answered():
    [question] = remarks_on(panel_csv()).questions

    values = [answer.value for answer in question.answers]
    assert question.state == QuestionState.OPEN
    assert values[:3] == ["AAA", "BBB", "CCC"]
    assert not any(answer.is_taken for answer in question.answers)


def test_why_a_target_was_taken_is_said_until_one_is_chosen():
    content = b"Date,aa,bb\n" + b"".join(
        b"2020-01-%02d,%d,%d\n" % (d, d, d * d) for d in range(1, 32)
    )

    taken = remarks_on(content, used=("aa", "bb", "Date")).questions
    chosen = remarks_on(content, settled=("target",), used=("aa", "bb", "Date")).questions

    assert [question.field for question in taken] == ["target"]
    assert chosen == ()


def test_missing_values_are_asked_about_once_for_all_columns_that_are_used():
    content = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-05,,,\n2020-01-04,", 1)

    asked = remarks_on(content, used=("Open", "Close", "Date"))
    unused = remarks_on(content, used=("Volume",))

    by_field = {question.field: question for question in asked.questions}
    assert [answer.value for answer in by_field["missing"].answers] == [
        "fill",
        "interpolate",
        "drop",
    ]
    assert "knows the next row" in by_field["missing"].caution
    assert len(by_field["missing"].messages) == 2
    assert [answer.value for answer in by_field["duplicates"].answers] == ["first", "last"]
    assert "duplicates" not in {question.field for question in unused.questions}


def test_an_answered_question_about_rows_is_shown_as_the_persons_choice():
    content = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-04,", 1)

    [question] = remarks_on(content, cleaning=CleaningOptions(duplicates="last")).questions

    assert question.state == QuestionState.SETTLED
    assert [answer.is_taken for answer in question.answers] == [False, True]


def test_notes_are_ordered_by_weight_and_limited():
    constants = [
        Finding(FindingKind.CONSTANT, f"c{number}", f"constant {number}") for number in range(60)
    ]
    gap = Finding(FindingKind.GAP, "Date", "a long gap")

    remarks = remarks_on(factories.random_walk_csv(), findings=[*constants, gap])

    assert remarks.notes[0] == "a long gap"
    assert len(remarks.notes) == MAX_SHOWN_NOTES
    assert remarks.hidden_notes == 61 - MAX_SHOWN_NOTES
