"""What is unusual about a column is found and named with its lines."""

import numpy as np
import pandas as pd

from tests.app.domain.csv_reading.tables import DAYS, csv_of, find, table_of


def places(findings):
    return [(finding.column, finding.lines) for finding in findings]


def test_missing_values_text_and_unreadable_dates_are_named_by_column_and_line():
    text = csv_of(
        {5: f"{DAYS[3]},,1", 9: f"{DAYS[7]},oops,1", 12: f"{DAYS[10]},NA,1", 20: "someday,1,1"}
    )

    missing = find(text, "missing")
    words = find(text, "text")
    unreadable_dates = find(text, "date")

    assert places(missing) == [("Open", (5, 12))]
    assert places(words) == [("Open", (9,))]
    assert places(unreadable_dates) == [("Date", (20,))]
    assert '"oops"' in words[0].message
    assert '"someday"' in unreadable_dates[0].message


def test_infinite_and_absurd_numbers_are_not_numbers():
    absurd = ["inf", "-Infinity", "1e101", "1e999"]
    text = csv_of({line: f"{DAYS[line - 2]},{cell},1" for line, cell in enumerate(absurd, start=3)})

    words = find(text, "text")[0]

    assert words.lines == (3, 4, 5, 6)
    assert np.isfinite(table_of(text).numbers["Open"].dropna()).all()


def test_repeated_dates_are_named_with_all_their_lines():
    text = csv_of({5: f"{DAYS[2]},1,1"})

    duplicates = find(text, "duplicates")[0]

    assert duplicates.lines == (4, 5)


def test_a_column_that_never_changes_is_named():
    text = csv_of().replace("\n", ",7\n").replace("Close,7", "Close,Lot")

    constants = find(text, "constant")

    assert [finding.column for finding in constants] == ["Lot"]


def test_the_order_of_the_rows_is_named():
    header, *rows = csv_of().strip().split("\n")
    newest_first = "\n".join([header, *reversed(rows)])
    mixed = "\n".join([header, *rows[29:], *rows[:29]])

    assert "newest first" in find(newest_first, "unsorted")[0].message
    assert "in no order" in find(mixed, "unsorted")[0].message


def test_a_long_gap_is_named_with_the_line_after_it():
    lines = csv_of().strip().split("\n")
    text = "\n".join([*lines[:20], *lines[40:]])

    gap = find(text, "gap")[0]

    assert gap.lines == (21,)
    assert "21 days before line 21" in gap.message
    assert "usually 1 day apart" in gap.message


def test_weekends_are_not_gaps():
    days = pd.bdate_range("2020-01-01", periods=60)
    rows = "".join(f"{day:%Y-%m-%d},{number}\n" for number, day in enumerate(days))

    assert find(f"Date,Close\n{rows}", "gap") == []


def test_a_repeated_name_and_skipped_lines_are_named():
    text = "Prices of X\n" + csv_of(header="Date,Close,Close")

    assert '"Close (2)"' in find(text, "header")[0].message
    assert find(text, "skipped")[0].message == "Line 1 is above the table and was skipped."
