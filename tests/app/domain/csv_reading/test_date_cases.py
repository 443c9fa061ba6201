"""Files as exporters write them: which rows come out, with which dates and numbers."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import Series
from app.domain.csv_reading.table import Table, read_table

CASES = Path(__file__).resolve().parents[3] / "cases"


class Expected(NamedTuple):
    """What comes out of a file for one column: rows without a value, such as -999, are dropped."""

    columns: tuple[str, ...]
    rows: int
    first: str
    last: str
    value: tuple[str, float]


EXPECTED = {
    "A02_metatrader5_bars.csv": Expected(
        ("<DATE>", "<TIME>"), 159, "2024-01-01", "2024-01-07T14:00", ("<CLOSE>", 1.09954)
    ),
    "A03_dukascopy.csv": Expected(
        ("Gmt time",), 109, "2024-01-01", "2024-01-02T03:00", ("Close", 1.08106)
    ),
    "A04_binance_microseconds.csv": Expected(
        ("Column 1",), 110, "2025-01-01", "2025-01-01T01:49", ("Column 5", 0.31664859)
    ),
    "A08_ercot_hour_end_24.csv": Expected(
        ("Hour_End",), 149, "2016-01-01T01:00", "2016-01-07T05:00", ("ERCOT", 12624.64)
    ),
    "A17_beijing_pm25.csv": Expected(
        ("year", "month", "day", "hour"), 105, "2010-01-02", "2010-01-06T08:00", ("pm2.5", 96)
    ),
    "A22_azure_ticks.csv": Expected(
        ("TimeGenerated",),
        109,
        "2024-01-01T00:00:00.670559",
        "2024-01-01T09:00:00.054150",
        ("CpuPercent", 41.761),
    ),
    "A22b_influx_annotated.csv": Expected(
        ("_time",),
        106,
        "2024-01-01T00:00:00.499860",
        "2024-01-01T08:45:00.589051",
        ("_value", 41.761),
    ),
    "A23_stata_dates.csv": Expected(("date",), 109, "2021-01-04", "2021-06-03", ("prc", 99.57)),
    "A24_eurostat_quarters.csv": Expected(
        ("TIME_PERIOD",), 109, "1995-01-01", "2022-01-01", ("OBS_VALUE", 401458.4)
    ),
    "A26_excel_serial_dates.csv": Expected(
        ("Date",), 109, "2021-01-04", "2021-06-03", ("Close", 100.44)
    ),
    "A28_noaa_co2_weekly.csv": Expected(
        ("year", "month", "day"), 611, "1974-05-19", "1986-02-16", ("average", 332.92)
    ),
    "A29_dwd_hourly.txt": Expected(
        ("MESS_DATUM",), 126, "2024-01-01", "2024-01-06T08:00", ("TT_TU", 7.3)
    ),
    "A31_silso_sunspots.csv": Expected(
        ("Column 1", "Column 2"), 110, "1749-01-01", "1758-02-01", ("Column 4", 87.5)
    ),
    "A34_investing_korean.csv": Expected(
        ("날짜",), 109, "2022-07-05", "2022-12-02", ("종가", 80_567)
    ),
    "A39_quarter_first.csv": Expected(
        ("Quarter",), 80, "2003-01-01", "2022-10-01", ("Revenue", 12.4)
    ),
    "B02_savetxt_header.csv": Expected(
        ("time",), 109, "2023-11-14T22:13:20", "2023-11-15T16:13:20", ("temperature", 11.534)
    ),
    "B04_compact_seconds.csv": Expected(
        ("timestamp",), 109, "2024-01-01", "2024-01-05T12:00", ("value", 8.40)
    ),
    "B05_stooq_hourly.txt": Expected(
        ("<DATE>", "<TIME>"), 159, "2024-01-01", "2024-01-07T14:00", ("<CLOSE>", 1.10126)
    ),
    "B06_metatrader4.csv": Expected(
        ("Column 1", "Column 2"), 160, "2024-01-01", "2024-01-07T15:00", ("Column 6", 1.1018)
    ),
    "B09_uci_air_quality.csv": Expected(
        ("Date", "Time"), 154, "2004-03-10T18:00", "2004-03-17T08:00", ("CO(GT)", 2.6)
    ),
}


def read_case(name: str, column: str | None = None) -> tuple[Table, Series]:
    content = (CASES / name).read_bytes()
    table = read_table(content, detect_dialect(content))
    features = (column,) if column else None
    options = CleaningOptions(target=column, features=features, missing="drop")
    series, _ = make_series(table, options)
    return table, series


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_is_read_with_its_dates_and_nothing_is_asked(name):
    expected = EXPECTED[name]

    column, value = expected.value
    table, series = read_case(name, column)

    first_value = series.values[0, series.columns.index(column)]
    assert table.dialect.date_columns == expected.columns
    assert len(series.dates) == expected.rows
    assert series.dates[0] == np.datetime64(expected.first, "us")
    assert series.dates[-1] == np.datetime64(expected.last, "us")
    assert first_value == pytest.approx(value)
    assert [finding for finding in table.findings if finding.is_question] == []


def test_what_is_no_matter_of_course_about_dates_is_said():
    said = {}
    for name in (
        "A08_ercot_hour_end_24.csv",
        "A26_excel_serial_dates.csv",
        "A39_quarter_first.csv",
    ):
        table, _ = read_case(name)
        said[name[:3]] = [item.message for item in table.findings if item.kind == "reading"]

    assert said["A08"] == [
        '24 o\'clock in "Hour_End" is the next midnight, as in "01/01/2016 24:00".'
    ]
    assert said["A26"][0].endswith('"44200" is 2021-01-04.')
    assert said["A39"] == ['The date of each quarter of "Quarter" is its first day.']


def test_hours_are_not_seconds_and_the_other_reading_is_named():
    table, _ = read_case("A29_dwd_hourly.txt")

    ambiguous = [item.message for item in table.findings if item.kind == "ambiguous"]
    assert len(ambiguous) == 1
    assert "1 January 2024" in ambiguous[0]
    assert "seconds since 1970" in ambiguous[0]
