"""Damaged files are read or refused with a sentence; nothing else ever happens."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table

pytestmark = pytest.mark.slow
GOOD = "Date,Open,Close\n" + "".join(
    f"{np.datetime64('2020-01-01') + n},{n * 7 % 11}.5,{n}\n" for n in range(45)
)
PIECES = [
    "2020-01-01", "31/02/2020", "0000-00-00", "9999-12-31", "0001-01-01", "1970-01-01T00:00:00Z",
    "1577836800", "1,5", "1.234,5", "$5", "5%", "inf", "nan", "1e999", "9" * 400, "0x10", "1_000",
    "٣", "True", "", "'", '"', '""', "#", ";", "\t", "|", "\r", "\r\n", "\n", "\x00", "\u2028",
    "\ufeff", "\x1a", "\x0b", "\\", "=cmd()",
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
OPTIONS = CleaningOptions(missing="fill", duplicates="first")
MANY_EXAMPLES = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def read_series(content):
    """The table and the series of a file, None where it was refused with a sentence at a field."""
    try:
        dialect = detect_dialect(content)
        table = read_table(content, dialect)
        series, _ = make_series(table, OPTIONS)
    except SeriesError as error:
        problems = error.problems
    else:
        problems = []
    assert all(problem.field and problem.message.endswith((".", "?")) for problem in problems)
    if problems:
        return None
    assert detect_dialect(content, dialect.document()) == dialect
    return table, series


def assert_sound(content):
    """Assert that a file is refused, or makes a sound series."""
    result = read_series(content)
    if result is None:
        return
    table, series = result
    assert np.isfinite(series.values).all()
    assert (np.diff(series.dates) > np.timedelta64(0)).all()
    assert len(series.dates) >= 30
    lines_of_file = content.count(b"\n") + content.count(b"\r") + 1
    for finding in table.findings:
        assert all(1 <= line <= lines_of_file for line in finding.lines)
        finding.message.encode()


@st.composite
def damaged(draw):
    """A good file with pieces inserted, removed or doubled."""
    text = GOOD
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.one_of(st.just(start), st.integers(start, min(len(text), start + 60))))
        doubled = text[start:end] * 2
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(doubled)))
        text = text[:start] + piece + text[end:]
    return text.encode(draw(st.sampled_from(ENCODINGS)), "replace")


@given(damaged())
@MANY_EXAMPLES
def test_a_damaged_file_is_read_or_refused_with_a_sentence(content):
    assert_sound(content)


@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=6), max_size=50), st.sampled_from(",;\t|")
)
@MANY_EXAMPLES
def test_a_table_of_rubbish_is_read_or_refused_with_a_sentence(rows, separator):
    assert_sound("\n".join(separator.join(row) for row in rows).encode())


def test_an_undamaged_file_is_read_in_every_encoding():
    for encoding in ENCODINGS:
        result = read_series(GOOD.encode(encoding))

        if encoding == "utf-32":
            assert result is None
        else:
            _, series = result
            assert series.values[44].tolist() == [44 * 7 % 11 + 0.5, 44.0]
