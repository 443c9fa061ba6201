"""What a person decided is told from what the form only showed."""

from app.domain.csv_reading.dialect import Dialect
from app.web.forms.upload_answers import read_form, show_dialect


def test_what_the_form_showed_is_no_decision_and_what_differs_is():
    answers = {
        "separator": [";"],
        "shown_separator": [","],
        "decimal": ["."],
        "shown_decimal": ["."],
        "thousands": ["none"],
    }

    assert read_form(answers) == {"separator": [";"], "thousands": ["none"]}


def test_what_was_corrected_before_stays_decided():
    answers = {"decimal": [","], "shown_decimal": [","], "corrected": ["decimal"]}

    assert read_form(answers) == {"decimal": [","]}


def test_several_date_columns_are_compared_as_a_whole_without_empty_lists():
    answers = {"date": ["Date", "Time", ""], "shown_date": ["Date"]}

    assert read_form(answers) == {"date": ["Date", "Time"]}
    assert read_form({"date": ["Date", ""], "shown_date": ["Date"]}) == {}


def test_emptied_numbers_for_missing_values_are_none():
    assert read_form({"missing_numbers": [""], "shown_missing_numbers": ["-999"]}) == {
        "missing_numbers": ["none"]
    }


def test_an_emptied_list_decides_nothing():
    assert read_form({"key": [""], "shown_key": ["AAPL"], "separator": [""]}) == {}


def test_a_button_decides_its_field_even_as_it_was_shown():
    answers = {
        "date_format": ["%d/%m/%Y"],
        "shown_date_format": ["%d/%m/%Y"],
        "choose": ["date_format=%m/%d/%Y"],
    }

    assert read_form(answers) == {"date_format": ["%m/%d/%Y"]}
    assert read_form({"choose": ["separator=="]}) == {"separator": ["="]}
    assert read_form({"choose": ["colour=red", "x"]}) == {}


def test_no_ticked_feature_is_a_decision_of_a_form_and_not_of_remembered_answers():
    assert read_form({"target": ["Close"]}) == {"target": ["Close"], "features": []}
    assert read_form({"target": ["Close"], "remembered": ["true"]}) == {"target": ["Close"]}


def test_a_dialect_is_shown_as_the_texts_of_its_fields():
    dialect = Dialect(
        date_columns=("Date", "Time"),
        date_format="%Y-%m-%d %H:%M",
        key_columns=("Country", "Item"),
        key=("AT", "GDP"),
        missing_numbers=(-999.0, -99.5),
    )

    shown = show_dialect(dialect)

    assert shown["date"] == ["Date", "Time"]
    assert shown["key"] == ["AT | GDP"]
    assert shown["missing_numbers"] == ["-999 -99.5"]
    assert (shown["thousands"], shown["has_header"]) == (["none"], ["true"])
    assert show_dialect(Dialect())["date"] == ["none"]
