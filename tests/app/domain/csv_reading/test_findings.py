"""Findings say in words what is unusual about a table."""

from tests.app.domain.csv_reading.tables import DAYS, csv_of, find, table_of


def test_only_the_first_ten_lines_are_listed_and_the_others_counted():
    text = csv_of({line: f"{DAYS[line - 2]},,1" for line in range(10, 25)})

    missing = find(text, "missing")[0]

    listed = "in lines 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 5 more."
    assert listed in missing.message
    assert len(missing.lines) == 15


def test_a_column_of_text_and_an_empty_one_are_left_out():
    rows = "".join(f"{day},GE,,{number}\n" for number, day in enumerate(DAYS))
    text = f"Date,Ticker,Empty,Close\n{rows}"

    left_out = find(text, "left_out")

    assert [finding.column for finding in left_out] == ["Ticker", "Empty"]
    assert table_of(text).missing == {"Date": 0, "Ticker": 0, "Empty": 60, "Close": 0}


def test_dates_that_can_be_read_in_two_ways_are_ambiguous_until_one_decides():
    rows = "".join(
        f"{number % 12 + 1:02d}/{number // 12 + 1:02d}/2020,{number}\n" for number in range(60)
    )
    text = f"Date,Close\n{rows}"
    decided = text + "31/12/2020,5\n"

    assert "two ways" in find(text, "ambiguous")[0].message
    assert find(decided, "ambiguous") == []


def test_numbers_that_can_be_read_in_two_ways_are_ambiguous():
    rows = "".join(f"{day};1,{number:03d}\n" for number, day in enumerate(DAYS))
    text = f"Date;Close\n{rows}"

    ambiguous = find(text, "ambiguous")[0]

    assert '"1,000"' in ambiguous.message
    assert table_of(text).numbers["Close"].iloc[1] == 1.001
