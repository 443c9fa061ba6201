"""What a point or comma could mean besides is offered, and asked about where nothing decides."""

import pytest

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.numbers.doubts import find_sign_doubts
from app.domain.csv_reading.numbers.signs import read_cores

GERMAN = Dialect(separator=";", decimal=",", thousands=".")
POINTS = Dialect(separator=";", decimal=".")
COMMAS = Dialect(separator=",", decimal=".")
COUNTS = ["3.556", "763", "1.210"]
FIXED = ["44.975", "43.797"]


def doubts(dialect, **columns):
    return find_sign_doubts({name: read_cores(cells) for name, cells in columns.items()}, dialect)


@pytest.mark.parametrize(
    ("dialect", "columns"),
    [
        (POINTS, {"a": FIXED}),
        (GERMAN, {"a": FIXED}),
        (GERMAN, {"a": ["3.556", "996"]}),
        (POINTS, {"a": ["3.556", "996", "1.210"]}),  # as a person settled it, or below the sample
        (POINTS, {"a": ["3.556", "4", "1.210"]}),
        (COMMAS, {"a": ["3.556", "996", "1.210"]}),
        (Dialect(separator=";", decimal=","), {"a": ["1,234", "2,345"]}),
    ],
)
def test_what_nothing_decides_is_asked_about_with_both_numbers(dialect, columns):
    (question,) = doubts(dialect, **columns)

    other = {",": ".", ".": ","}[dialect.decimal]
    assert (question.field, question.is_question) == ("decimal", True)
    assert [choice.value for choice in question.choices] == [dialect.decimal, other]


def test_the_labels_say_what_the_number_would_be():
    (question,) = doubts(POINTS, visitors=["3.556", "2.111"])

    labels = [choice.label for choice in question.choices]
    assert labels == [
        'the point is a decimal sign: "3.556" is 3.556',
        'the point is a thousands sign: "3.556" is 3556',
    ]
    assert '"3.556" in "visitors"' in question.message


@pytest.mark.parametrize(
    ("dialect", "columns"),
    [
        (COMMAS, {"a": FIXED}),
        (POINTS, {"a": FIXED, "b": ["12.5"]}),
        (GERMAN, {"a": FIXED, "b": ["12,5"]}),
        (GERMAN, {"a": FIXED, "b": ["1.234.567"]}),
        (Dialect(separator=",", thousands=","), {"a": ["1,234", "2,345"]}),
        (POINTS, {"a": ["12", "13"]}),
    ],
)
def test_what_another_column_or_the_separator_decides_is_not_asked(dialect, columns):
    assert doubts(dialect, **columns) == []


def test_what_whole_numbers_decide_is_said_with_them_and_the_other_reading_offered():
    (said,) = doubts(GERMAN, visitors=COUNTS, sales=FIXED)

    assert '"3.556" parts thousands, as "763" and "1.210" in the same column' in said.message
    assert [choice.value for choice in said.choices] == [",", "."]
    assert not said.is_question


def test_a_column_that_is_read_the_other_way_round_is_named():
    dialect = Dialect(separator=";", swapped_columns=("visitors",))

    (said,) = doubts(dialect, degrees=["12.5", "13.25"], visitors=COUNTS)

    assert said.column == "visitors"
    assert "as a thousands sign, unlike in the other columns" in said.message
