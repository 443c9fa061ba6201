"""Several series are told from corrections, hours that are there twice, and contracts that roll."""

import numpy as np

from tests.app.domain.csv_reading.series_files import csv_of, days, panel_csv, question_of

N_DAYS = 40


def test_dates_that_repeat_with_a_name_are_several_series():
    assert "2 series" in question_of(panel_csv()).message


def test_a_short_series_beside_a_long_one_is_seen():
    long_rows = [(date, number, "OLD") for number, date in enumerate(days(400))]
    short_rows = [(date, number, "NEW") for number, date in enumerate(days(20, "2020-05-01"))]

    question = question_of(csv_of(("date", "close", "ticker"), long_rows + short_rows))

    assert "OLD (400 rows), NEW (20 rows)" in question.message


def test_corrections_of_a_few_rows_are_no_series():
    rows = [(date, "final", number) for number, date in enumerate(days())]
    rows.insert(20, (days()[20], "preliminary", 7))

    assert question_of(csv_of(("date", "status", "value"), rows)) is None


def test_rows_that_are_there_twice_are_no_series():
    rows = [(date, "x", number) for number, date in enumerate(days())]

    assert question_of(csv_of(("date", "name", "value"), rows + rows)) is None


def test_contracts_that_follow_each_other_are_one_series():
    rows = [(date, f"ES{number // 10}", number) for number, date in enumerate(days())]

    assert question_of(csv_of(("date", "symbol", "close"), rows)) is None


def test_sensors_that_report_in_turn_are_several_though_no_date_repeats():
    moments = np.datetime64("2024-01-01T00:00:00") + 37 * np.arange(80)
    rows = []
    for number, moment in enumerate(moments):
        rows.append((("sensor.kitchen", "sensor.garden")[number % 2], number, f"{moment}Z"))
    text = csv_of(("entity_id", "state", "last_changed"), rows)

    question = question_of(text)

    values = [choice.value for choice in question.choices]
    assert values == ["sensor.kitchen", "sensor.garden", "*wide", "*", "*one"]
    assert question_of(text, key=("*one",)) is None


def test_a_column_of_text_that_is_no_name_is_no_series():
    rows = [(date, ("sunny", "rain")[number % 2], number) for number, date in enumerate(days())]

    assert question_of(csv_of(("date", "weather", "visitors"), rows)) is None
