"""Of a file with several series one is chosen, or all are columns; none is taken silently."""

from dataclasses import replace

import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.series_files import (
    CASES,
    csv_of,
    dates_of,
    days,
    panel_csv,
    question_of,
    series_of,
    table_of,
)

STOCKS = (CASES / "A06_all_stocks_panel.csv").read_bytes()


def problem_of(text, **settled):
    with pytest.raises(SeriesError) as caught:
        series_of(text, **settled)
    [problem] = caught.value.problems
    return problem


def test_a_panel_is_asked_about_with_its_names_and_their_rows():
    problem = problem_of(STOCKS)

    assert problem.field == "key"
    assert 'The file has 3 series, told apart by "Name": AAL (400 rows)' in problem.message
    choices = {choice.value: choice.label for choice in problem.choices}
    assert list(choices) == ["AAL", "AAPL", "ABC", "*wide", "*"]
    assert choices["AAPL"] == "AAPL (400 rows)"
    assert choices["*"] == "all 3, each as a dataset of its own"


def test_the_chosen_series_of_a_panel_has_all_its_rows():
    series, notes = series_of(STOCKS, key=("AAPL",))

    assert len(series.dates) == 400
    assert dates_of(series)[0] == "2013-02-08"
    assert dates_of(series)[-1] == "2014-08-21"
    assert series.columns == ("open", "high", "low", "close", "volume")
    lines = STOCKS.decode().splitlines()
    first, *_, name = lines[401].split(",")[1:]
    assert name == "AAPL"
    assert series.values[0, 0] == float(first)
    assert 'the one whose "Name" is "AAPL" was taken: 400 of 1,200 rows.' in " ".join(notes)


def test_the_dialect_carries_the_choice_to_the_next_file():
    first = table_of(panel_csv(), key=("MSFT",))
    document = first.dialect.document()

    again = read_table(panel_csv(("MSFT", "AAL"), 60).encode(), Dialect.from_document(document))

    assert document["key_columns"] == ["Name"]
    assert document["key"] == ["MSFT"]
    assert again.numbers["close"].tolist() == [100.0 + day for day in range(60)]


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        (panel_csv(("AAL", "IBM")), "key", 'no series whose "Name" is "MSFT". It has: AAL, IBM.'),
        (panel_csv(("AAL",)), "key", 'no series whose "Name" is "MSFT". It has: AAL.'),
        (csv_of(("date", "close"), [("2020-01-01", 1)]), "key_columns", "Add it, with the name"),
    ],
)
def test_a_file_without_the_chosen_series_is_refused_in_words(text, field, words):
    dialect = replace(detect_dialect(text.encode()), key_columns=("Name",), key=("MSFT",))

    with pytest.raises(SeriesError) as caught:
        read_table(text.encode(), dialect)

    assert caught.value.problems[0].field == field
    assert words in caught.value.problems[0].message


def test_a_key_of_two_columns_is_one_text_or_two():
    rows = []
    for store in (1, 2):
        for item in ("tea", "milk"):
            for day, date in enumerate(days()):
                rows.append((date, store, item, 100 * store + len(item) + day))
    text = csv_of(("date", "store", "item", "sales"), rows)

    question = question_of(text)
    series, _ = series_of(text, key=("2 | milk",))
    same, _ = series_of(text, key=("2", "milk"))

    assert '"store" and "item"' in question.message
    assert question.choices[0].value == "1 | tea"
    assert series.columns == ("sales",)
    assert series.target_values[:2].tolist() == [204.0, 205.0]
    assert series.fingerprint == same.fingerprint


def test_names_that_begin_with_a_zero_stay_as_they_are_written():
    text = panel_csv(("005930", "000660"))

    series, _ = series_of(text, key=("000660",))

    assert question_of(text).choices[0].value == "005930"
    assert series.target_values[0] == 200.0


def test_a_name_in_another_column_is_found_as_well():
    rows = [
        (code, country, date, 10 * number + day)
        for number, (code, country) in enumerate([("AFG", "Afghanistan"), ("DEU", "Germany")])
        for day, date in enumerate(days())
    ]
    text = csv_of(("iso_code", "location", "date", "cases"), rows)

    series, _ = series_of(text, key=("Germany",))

    assert series.target_values[0] == 10.0
    assert table_of(text, key=("Germany",)).dialect.key_columns == ("location",)


def test_all_series_can_be_columns_side_by_side():
    text = panel_csv(("GDP", "CPI", "UNRATE"))

    series, notes = series_of(text, key=("*wide",))

    assert series.columns == ("GDP", "CPI", "UNRATE")
    assert series.values[0].tolist() == [100.0, 200.0, 300.0]
    assert series.values[-1].tolist() == [139.0, 239.0, 339.0]
    assert 'The 3 series, told apart by "Name", are columns.' in notes


def test_a_file_whose_key_never_changes_is_not_asked_about():
    text = panel_csv(("EURUSD",))

    series, _ = series_of(text)

    assert question_of(text) is None
    assert series.columns == ("close",)


def test_an_unnecessary_key_is_refused():
    assert problem_of(panel_csv(("X",)), key=("Y",)).message.endswith("leave out the key.")


def test_a_file_with_many_series_names_the_first_and_how_many_there_are():
    text = panel_csv([f"N{number}" for number in range(60)], 31)

    question = question_of(text)

    assert "The file has 60 series" in question.message
    assert "N4 (31 rows), 55 more. Choose one of them." in question.message
    assert len(question.choices) == 60 + 1  # without all as datasets, which would be too many
    assert question.choices[-1].value == "*wide"


def test_gaps_of_other_series_are_not_held_against_the_chosen_one():
    text = panel_csv().replace("2020-01-05,204,MSFT", "2020-01-05,,MSFT")

    series, _ = series_of(text, key=("AAL",))
    question = question_of(text)
    with pytest.raises(SeriesError) as caught:
        series_of(text, key=("MSFT",))

    assert len(series.dates) == 40
    assert question is not None
    assert caught.value.problems[0].message.startswith('"close" has no value in line 46.')


def test_a_question_comes_before_all_other_problems():
    text = panel_csv().replace("2020-01-05,104,AAL", "2020-01-05,,AAL")

    with pytest.raises(SeriesError) as caught:
        make_series(table_of(text), CleaningOptions(target="nothing"))

    assert [problem.field for problem in caught.value.problems] == ["key"]


def test_a_file_in_which_only_one_series_has_numbers_is_asked_about():
    rows = [(f"2024-01-01 {n // 60:02}:{n % 60:02}", "door", "on") for n in range(200)]
    rows += [(f"2024-01-01 {n // 60:02}:{n % 60:02}", "heat", n) for n in range(0, 200, 5)]
    text = csv_of(("time", "entity_id", "state"), rows)

    series, _ = series_of(text, key=("heat",))

    assert problem_of(text).field == "key"
    assert series.target_values[:3].tolist() == [0.0, 5.0, 10.0]
