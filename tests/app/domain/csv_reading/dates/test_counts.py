"""Numbers that count from a moment on."""

import pandas as pd
import pytest

from app.domain.csv_reading.dates.counts import COUNTS, format_counts, likely_counts, parse_counts


@pytest.mark.parametrize(
    ("cell", "name", "moment"),
    [
        ("1700000000", "seconds since 1970", "2023-11-14 22:13:20"),
        ("1700000000.25", "seconds since 1970", "2023-11-14 22:13:20.25"),
        ("1700000000123", "milliseconds since 1970", "2023-11-14 22:13:20.123"),
        ("1700000000123456", "microseconds since 1970", "2023-11-14 22:13:20.123456"),
        ("1700000000123456789", "nanoseconds since 1970", "2023-11-14 22:13:20.123456"),
        ("44200", "days since 1899-12-30 (Excel)", "2021-01-04"),
        ("44200,75", "days since 1899-12-30 (Excel)", "2021-01-04 18:00"),
        ("18631", "days since 1970", "2021-01-04"),
        ("1974.5", "years with decimals", "1974-07-02 12:00"),
        ("738160", "days of MATLAB (datenum)", "2021-01-04"),
        ("2459218.5", "Julian days", "2021-01-04"),
        ("59218", "modified Julian days", "2021-01-04"),
        ("133485408000000000", "Windows file time", "2024-01-01"),
        ("638396640000000000", "ticks of .NET", "2024-01-01"),
    ],
)
def test_a_number_is_a_moment(cell, name, moment):
    moments = parse_counts(pd.Series([cell], dtype="str"), name)

    assert moments.tolist() == [pd.Timestamp(moment)]


@pytest.mark.parametrize("name", COUNTS)
def test_every_count_reads_what_it_writes(name):
    moments = pd.date_range("2021-01-04", periods=50, freq="17h")

    cells = format_counts(moments, name)

    read = parse_counts(pd.Series(cells, dtype="str"), name)
    assert (read - moments.to_series(index=read.index)).abs().max() < pd.Timedelta(seconds=1)


def test_a_count_is_likely_where_all_numbers_are_in_its_years():
    assert likely_counts(pd.Series(["1700000000", "1800000000"])) == ["seconds since 1970"]
    assert "days since 1970" not in likely_counts(pd.Series(["44200", "44300"]))
    assert likely_counts(pd.Series(["5", "x"])) == []
