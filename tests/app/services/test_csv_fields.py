"""What is said of a CSV, in the words of the form and the API."""

import pytest

from app.domain.csv_reading.selection import CleaningOptions
from app.services.csv_fields import FIELDS, OPTIONS, as_texts, read_answers, split_names


@pytest.mark.parametrize(
    ("field", "text", "part", "value"),
    [
        ("separator", ";", "separator", ";"),
        ("separator", "tab", "separator", "\t"),
        ("separator", "\\t", "separator", "\t"),
        ("decimal", "Comma", "decimal", ","),
        ("thousands", "none", "thousands", ""),
        ("thousands", "", "thousands", ""),
        ("thousands", "space", "thousands", " "),
        ("encoding", "UTF8", "encoding", "utf-8"),
        ("encoding", "windows-1252", "encoding", "cp1252"),
        ("has_header", "no", "has_header", False),
        ("has_header", "TRUE", "has_header", True),
        ("is_transposed", "true", "is_transposed", True),
        ("date_format", "%d/%m/%Y", "date_format", "%d/%m/%Y"),
        ("date_format", "31.12.2021", "date_format", "%d.%m.%Y"),
        ("missing_numbers", "-999; -99.9", "missing_numbers", (-999.0, -99.9)),
        ("missing_numbers", "none", "missing_numbers", ()),
    ],
)
def test_a_field_takes_its_values_and_what_they_are_called(field, text, part, value):
    answers = read_answers({field: [text]})

    assert answers.problems == ()
    assert answers.settled[part] == value


def test_several_columns_are_sent_one_by_one_and_none_numbers_the_rows():
    two = read_answers({"date": ["Date", "Time"], "key": ["AAPL"], "key_columns": ["symbol"]})
    numbered = read_answers({"date": ["none"]})

    assert two.settled["date_columns"] == ("Date", "Time")
    assert (two.settled["key_columns"], two.settled["key"]) == (("symbol",), ("AAPL",))
    assert numbered.settled["date_columns"] == ()


@pytest.mark.parametrize(
    "field", [name for name in FIELDS if name in OPTIONS and name != "date_format"]
)
def test_a_value_that_a_field_does_not_have_is_quoted_with_those_it_has(field):
    [problem] = read_answers({field: ["purple"]}).problems

    assert problem.field == field
    assert problem.message.startswith('"purple" is none of ')
    assert [choice.value for choice in problem.choices] == list(OPTIONS[field])


def test_an_unknown_date_format_offers_the_known_ones():
    [problem] = read_answers({"date_format": ["%q"]}).problems

    assert '"%q" is no date format' in problem.message
    assert "%Y-%m-%d" in [choice.value for choice in problem.choices]


@pytest.mark.parametrize(
    ("text", "quoted"), [("x", "x"), ("nan", "nan"), ("-999 inf", "inf"), ("1e999", "1e999")]
)
def test_what_is_no_number_does_not_stand_for_a_missing_value(text, quoted):
    [problem] = read_answers({"missing_numbers": [text]}).problems

    assert problem.field == "missing_numbers"
    assert problem.message.startswith(f'"{quoted}" is no number.')


def test_a_thousands_sign_decides_the_decimal_one_and_cannot_be_both():
    points = read_answers({"thousands": ["."]})
    both = read_answers({"thousands": [","], "decimal": [","]})

    assert points.settled == {"thousands": ".", "decimal": ","}
    assert [problem.field for problem in both.problems] == ["thousands"]


def test_what_is_kept_of_the_rows_is_read_with_the_dialect():
    texts = {"target": ["Open"], "features": ["Close"], "missing": ["drop"], "duplicates": ["last"]}

    answers = read_answers(texts)

    expected = CleaningOptions("Open", ("Close",), missing="drop", duplicates="last")
    assert answers.cleaning == expected
    assert answers.settled_fields == {"target", "features"}


def test_a_text_with_commas_is_several_names_unless_a_column_is_called_so():
    assert split_names(["Date, Time"], ["Date", "Time"]) == ("Date", "Time")
    assert split_names(["Price, EUR"], ["Price, EUR"]) == ("Price, EUR",)
    assert split_names(['"Price, EUR",Date'], ["Price, EUR", "Date"]) == ("Price, EUR", "Date")


def test_a_text_that_is_far_too_long_stays_one_name():
    text = "x" * 200_000 + ","

    assert split_names([text], ["Date"]) == (text,)


def test_fields_without_a_text_are_left_out():
    assert as_texts({"date": [""], "key": None, "features": ["a", ""]}) == {"features": ["a"]}


def test_a_field_that_does_not_exist_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        as_texts({"colour": "red"})
