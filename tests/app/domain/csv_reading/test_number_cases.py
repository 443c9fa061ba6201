"""Files as people have them: their numbers, target and features come out right."""

from pathlib import Path

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table

CASES = Path(__file__).resolve().parents[3] / "cases"


def table_of(name, **settled):
    content = next(CASES.glob(f"{name}_*")).read_bytes()
    return read_table(content, detect_dialect(content, settled))


def series_of(table, **options):
    return make_series(table, CleaningOptions(**options))


def findings_of(table, kind):
    return [finding for finding in table.findings if finding.kind == kind]


def test_bounds_of_google_trends_are_asked_about_and_can_be_read_as_1():
    table = table_of("A13")

    series, _ = series_of(table, missing="bound")

    assert findings_of(table, "bound")[0].lines == (4, 5, 7, 8, 11, 13)
    assert series.values[:3].tolist() == [[1, 7], [1, 5], [3, 2]]


def test_brackets_of_a_cash_book_are_a_minus_and_a_dash_is_no_value():
    table = table_of("A18")

    assert table.numbers.iloc[0].tolist() == [-5136.38, 12.5, 244863.62]
    assert table.numbers.iloc[1, [0, 2]].tolist() == [4637.4, 249501.02]
    assert np.isnan(table.numbers.iloc[1, 1])
    series, notes = series_of(table, missing="drop")
    assert (series.target, series.columns) == ("Balance", ("Net Cash Flow", "Balance"))
    assert len(series.dates) == 150
    assert any('"Fee" has no value in 67 % of the rows' in note for note in notes)


def test_the_number_a_comment_calls_missing_is_missing():
    table = table_of("A28")

    sentinel = findings_of(table, "sentinel")[0]

    assert table.dialect.missing_numbers == (-999.99,)
    assert "as the lines above the table say" in sentinel.message
    assert '"average": 3, "1 year ago": 52, "10 years ago": 520' in sentinel.message
    assert table.numbers["average"].min() > 300
    series, _ = series_of(table, missing="drop")
    assert series.target == "average"
    assert "10 years ago" not in series.columns


def test_millions_and_percent_of_a_korean_export_are_read_and_said():
    table = table_of("A34")

    assert table.numbers.iloc[0].tolist() == [88613, 88898, 89254, 88259, 5.1e6, 0.74]
    messages = [finding.message for finding in findings_of(table, "numbers")]
    assert messages == [
        'In "거래량", "5.10M" is read as 5,100,000.',
        'In "변동 %", "0.74%" is read as 0.74.',
    ]
    assert series_of(table)[0].target == "종가"


def test_the_polish_close_is_the_target():
    series, _ = series_of(table_of("A37"))

    assert (series.target, series.target_values[0]) == ("Zamkniecie", 42.22)


@pytest.mark.parametrize(("name", "target"), [("A38", "Close"), ("C02", "value")])
def test_a_counter_is_no_feature(name, target):
    series, notes = series_of(table_of(name))

    assert series.columns == (target,)
    assert any("counts the rows and is no feature unless you choose it." in note for note in notes)


def test_whole_numbers_show_that_points_part_thousands_and_the_other_reading_is_offered():
    table = table_of("B07")

    decision = findings_of(table, "numbers")[0]

    assert table.numbers.iloc[0].tolist() == [3556, 44975]
    assert table.numbers.loc[6, "Besucher"] == 763
    assert (decision.field, [choice.value for choice in decision.choices]) == (
        "decimal",
        [",", "."],
    )
    assert '"763" and "1.210"' in decision.message
    assert table_of("B07", decimal=".").numbers.iloc[0].tolist() == [3.556, 44.975]


def test_a_number_far_from_all_others_is_missing_unless_a_person_keeps_it():
    table = table_of("B09")

    kept = table_of("B09", missing_numbers=())

    assert table.dialect.missing_numbers == (-200.0,)
    assert table.numbers["CO(GT)"].isna().sum() == 5
    assert table.numbers["NMHC(GT)"].isna().sum() == 58
    assert table.numbers["CO(GT)"].iloc[0] == 2.6
    assert kept.numbers["CO(GT)"].min() == -200
    question = findings_of(kept, "ambiguous")[0]
    assert (question.field, question.choices[1].value) == ("missing_numbers", "-200")
