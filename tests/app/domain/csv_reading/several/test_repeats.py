"""Which of the rows of one date stays is asked only where rows really repeat."""

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.selection import CleaningOptions
from tests.app.domain.csv_reading.series_files import csv_of, days, table_of


def findings_of(rows, header=("date", "value")):
    findings = table_of(csv_of(header, rows)).findings
    return {finding.kind: finding for finding in findings}


def numbered_days(count=40):
    return [(date, number) for number, date in enumerate(days(count))]


def test_rows_that_are_the_same_are_said_to_be_so():
    rows = numbered_days()

    finding = findings_of([*rows, rows[3]])["duplicates"]

    assert finding.lines == (5, 42)
    assert finding.message.endswith("lines 5, 42. These rows are the same in every column.")


def test_it_is_said_in_what_rows_of_one_date_differ():
    rows = [(date, "final", number) for date, number in numbered_days()]
    rows.insert(9, (rows[8][0], "final", 77))

    finding = findings_of(rows, ("date", "status", "value"))["duplicates"]

    assert finding.message.endswith('Rows of one date differ in "value".')


def test_dates_that_are_too_coarse_for_the_rows_are_no_question_of_first_or_last():
    vintages = days(10, "2024-01-01")
    rows = []
    for date in days(24):
        rows += [(date, vintage, len(rows) / 7 + number) for number, vintage in enumerate(vintages)]

    findings = findings_of(rows, ("date", "realtime_start", "value"))

    assert "duplicates" not in findings
    coarse = findings["coarse"]
    assert coarse.field == "date"
    assert '"date" has only 24 different dates in 240 rows' in coarse.message
    assert 'With "realtime_start" no date repeats' in coarse.message


def test_repeated_dates_without_a_name_ask_for_the_missing_column():
    rows = [(date, day + 10 * sensor) for date, day in numbered_days() for sensor in range(3)]

    coarse = findings_of(rows)["coarse"]

    assert "only 40 different dates in 120 rows" in coarse.message
    assert "first" not in coarse.message
    assert "choose it as the key column" in coarse.message.lower()


def test_a_person_may_still_keep_the_last_row_of_each_date():
    rows = [(date, 3 * day + n) for day, date in enumerate(days()) for n in range(3)]

    series, notes = make_series(
        table_of(csv_of(("date", "value"), rows)), CleaningOptions(duplicates="last")
    )

    assert series.target_values[:2].tolist() == [2.0, 5.0]
    assert "80 rows with a repeated date were left out (kept the last)." in notes
