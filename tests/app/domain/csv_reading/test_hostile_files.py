"""Files broken in every way: loaded right, or refused in words; never anything else."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.csv_reading.cleaning import Choices, make_series
from app.domain.csv_reading.dialect import recognise
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read

GOOD = "Date,Open,Close\n" + "".join(
    f"{np.datetime64('2020-01-01') + n},{n * 7 % 11}.5,{n}\n" for n in range(45)
)
PIECES = [
    *[
        "2020-01-01",
        "31/02/2020",
        "0000-00-00",
        "9999-12-31",
        "0001-01-01",
        "1970-01-01T00:00:00Z",
        "1577836800",
    ],
    *[
        "1,5",
        "1.234,5",
        "$5",
        "5%",
        "inf",
        "nan",
        "1e999",
        "9" * 400,
        "0x10",
        "1_000",
        "٣",
        "True",
        "",
        "'",
    ],
    *[
        '"',
        '""',
        "#",
        ";",
        "\t",
        "|",
        "\r",
        "\r\n",
        "\n",
        "\x00",
        "\u2028",
        "\ufeff",
        "\x1a",
        "\x0b",
        "\\",
        "=cmd()",
    ],
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
MENDING = Choices(missing="fill", duplicates="first")
CALM = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_whole(content):
    """The table and the series of a file, or None where it was refused in words at a field."""
    try:
        dialect = recognise(content)
        table = read(content, dialect)
        series, _ = make_series(table, MENDING)
    except SeriesError as error:
        problems = error.problems
    else:
        problems = []
    assert all(field and message.endswith((".", "?")) for field, message in problems)
    if problems:
        return None
    assert recognise(content, dialect.document()) == dialect
    return table, series


def check(content):
    found = read_whole(content)
    if found is None:
        return
    table, series = found
    assert np.isfinite(series.values).all()
    assert (np.diff(series.dates) > np.timedelta64(0)).all()
    assert len(series.dates) >= 30
    for finding in table.findings:
        assert all(1 <= line <= table.lines[-1] for line in finding.lines)
        finding.message.encode()


@st.composite
def damaged(draw):
    """A good file with pieces put in, cut out or doubled."""
    text = GOOD
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.one_of(st.just(start), st.integers(start, min(len(text), start + 60))))
        text = (
            text[:start]
            + draw(st.one_of(st.sampled_from(PIECES), st.just(text[start:end] * 2)))
            + text[end:]
        )
    return text.encode(draw(st.sampled_from(ENCODINGS)), "replace")


@given(damaged())
@CALM
def test_a_damaged_file_is_loaded_or_refused_in_words(content):
    check(content)


@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=6), max_size=50), st.sampled_from(",;\t|")
)
@CALM
def test_a_table_of_rubbish_is_loaded_or_refused_in_words(rows, separator):
    check("\n".join(separator.join(row) for row in rows).encode())


def test_an_undamaged_file_is_loaded_in_every_encoding():
    for encoding in ENCODINGS:
        found = read_whole(GOOD.encode(encoding))
        assert (found is None) == (encoding == "utf-32")
        assert found is None or found[1].values[44].tolist() == [44 * 7 % 11 + 0.5, 44.0]
