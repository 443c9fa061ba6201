"""The handed files: their encoding and separator, and where their tables stand."""

from pathlib import Path

import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table

CASES = Path(__file__).resolve().parents[3] / "cases"
# file, encoding, separator, names, [first line, last line, rows], a column, [its first value, its
# last value], the lines that are passed over
READINGS = [
    (
        "A01_yfinance_multiheader.csv",
        "utf-8",
        ",",
        ["Date", "Close", "High", "Low", "Open", "Volume"],
        [4, 110, 107],
        "Close",
        [99.77, 99.6],
        (2,),
    ),
    (
        "A09_ecb_sdw.csv",
        "utf-8",
        ",",
        ["Period\\Unit:", "EXR.D.USD.EUR.SP00.A"],
        [6, 110, 105],
        "EXR.D.USD.EUR.SP00.A",
        [1.317, 1.3108],
        (1, 3, 4),
    ),
    (
        "A13_google_trends.csv",
        "utf-8",
        ",",
        ["Month", "lstm: (Worldwide)", "gru: (Worldwide)"],
        [4, 263, 260],
        "gru: (Worldwide)",
        [7.0, 6.0],
        (1,),
    ),
    (
        "A15_campbell_toa5.dat",
        "utf-8",
        ",",
        ["TIMESTAMP", "RECORD", "AirTC_Avg", "RH", "WS_ms_Avg", "SlrW_Avg"],
        [5, 110, 106],
        "RH",
        [63.86, 51.67],
        (1, 3, 4),
    ),
    (
        "A19_nikkei_cp932.csv",
        "cp932",
        ",",
        ["データ日付", "終値", "始値", "高値", "安値"],
        [2, 91, 90],
        "終値",
        [27569.79, 23065.41],
        (92,),
    ),
    (
        "A21_nasdaq_nordic_sep.csv",
        "utf-8",
        ";",
        [
            "Date",
            "Bid",
            "Ask",
            "Opening price",
            "High price",
            "Low price",
            "Closing price",
            "Average price",
            "Total volume",
            "Turnover",
            "Trades",
            "Column 12",
        ],
        [3, 110, 108],
        "Closing price",
        [194.7, 187.3],
        (1,),
    ),
    (
        "A22b_influx_annotated.csv",
        "utf-8",
        ",",
        ["Column 1", "result", "table", "_time", "_value"],
        [5, 110, 106],
        "_value",
        [41.761, 52.857],
        (1, 2, 3),
    ),
    (
        "A28_noaa_co2_weekly.csv",
        "utf-8",
        ",",
        [
            "year",
            "month",
            "day",
            "decimal",
            "average",
            "ndays",
            "1 year ago",
            "10 years ago",
            "increase since 1800",
        ],
        [7, 620, 614],
        "average",
        [332.92, 348.56],
        (1, 2, 3, 4, 5),
    ),
    (
        "A29_dwd_hourly.txt",
        "utf-8",
        ";",
        ["STATIONS_ID", "MESS_DATUM", "QN_9", "TT_TU", "RF_TU", "eor"],
        [2, 130, 129],
        "TT_TU",
        [7.3, 11.3],
        (),
    ),
    (
        "A31_silso_sunspots.csv",
        "utf-8",
        ";",
        ["Column 1", "Column 2", "Column 3", "Column 4", "Column 5", "Column 6", "Column 7"],
        [1, 110, 110],
        "Column 4",
        [87.5, 20.8],
        (),
    ),
    (
        "A32_noaa_spaces.txt",
        "utf-8",
        " ",
        ["year", "month", "decimal", "average", "deseason", "days"],
        [3, 110, 108],
        "average",
        [315.06, 326.39],
        (1,),
    ),
    (
        "A37_stooq_polish.csv",
        "utf-8",
        ",",
        ["Data", "Otwarcie", "Najwyzszy", "Najnizszy", "Zamkniecie", "Wolumen"],
        [2, 110, 109],
        "Zamkniecie",
        [42.22, 48.44],
        (),
    ),
    (
        "A38_pandas_index_column.csv",
        "utf-8",
        ",",
        ["Column 1", "Date", "Close"],
        [2, 110, 109],
        "Close",
        [100.71, 104.68],
        (),
    ),
    (
        "B02_savetxt_header.csv",
        "utf-8",
        ",",
        ["time", "temperature", "humidity"],
        [2, 110, 109],
        "temperature",
        [11.534, 13.741],
        (),
    ),
    (
        "B05_stooq_hourly.txt",
        "utf-8",
        ",",
        [
            "<TICKER>",
            "<PER>",
            "<DATE>",
            "<TIME>",
            "<OPEN>",
            "<HIGH>",
            "<LOW>",
            "<CLOSE>",
            "<VOL>",
            "<OPENINT>",
        ],
        [2, 160, 159],
        "<CLOSE>",
        [1.10126, 1.13436],
        (),
    ),
    (
        "B09_uci_air_quality.csv",
        "utf-8",
        ";",
        [
            "Date",
            "Time",
            "CO(GT)",
            "PT08.S1(CO)",
            "NMHC(GT)",
            "C6H6(GT)",
            "T",
            "RH",
            "Column 9",
            "Column 10",
        ],
        [2, 160, 159],
        "T",
        [13.5, 14.9],
        (161, 162, 163, 164, 165),
    ),
    (
        "B11_bundesbank.csv",
        "utf-8",
        ";",
        ["Column 1", "BBEX3.D.USD.EUR.BB.AC.000", "BBEX3.D.USD.EUR.BB.AC.000_FLAGS"],
        [6, 121, 116],
        "BBEX3.D.USD.EUR.BB.AC.000",
        [1.1938, 1.3093],
        (2, 3, 4, 5, 122, 123),
    ),
    (
        "C02_hash_header.csv",
        "utf-8",
        ",",
        ["#", "value"],
        [2, 61, 60],
        "value",
        [20.199, 19.463],
        (),
    ),
    (
        "C03_bar_in_cells.csv",
        "utf-8",
        ",",
        ["day", "area", "price"],
        [2, 61, 60],
        "price",
        [50.0, 53.9],
        (),
    ),
]


@pytest.mark.parametrize(
    ("file", "encoding", "separator", "names", "rows", "column", "values", "skipped"), READINGS
)
def test_a_handed_file_has_its_names_rows_and_lines(
    file, encoding, separator, names, rows, column, values, skipped
):
    content = (CASES / file).read_bytes()

    dialect = detect_dialect(content)
    table = read_table(content, dialect)

    assert (dialect.encoding, dialect.separator) == (encoding, separator)
    assert list(table.columns) == names
    assert [table.lines[0], table.lines[-1], table.rows] == rows
    numbers = table.numbers[column]
    assert [numbers.iloc[0], numbers.iloc[-1]] == values
    findings = [finding.lines for finding in table.findings if finding.kind == "skipped"]
    assert findings == ([skipped] if skipped else [])
