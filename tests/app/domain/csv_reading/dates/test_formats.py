"""The language that date formats are written in."""

import pytest

from app.domain.csv_reading.dates.formats import describe_format, is_date_format, split_format
from app.domain.csv_reading.dates.parsing import DATE_FORMATS


@pytest.mark.parametrize(
    ("date_format", "example"),
    [
        ("%Y-%m-%d %H:%M", "2021-12-31 17:45"),
        ("%d. %b %Y", "31. Dec 2021"),
        ("Q%q %Y", "Q4 2021"),
        ("%Y-W%V", "2021-W52"),
        ("%Y-%m-%d[ %H:%M:%S]", "2021-12-31 17:45:30"),
        ("%b-%{1930}y", "Dec-21"),
        ("%d.%m.%Y %H:%M - %*", "31.12.2021 17:45 - …"),
        ("%Y%m%d %T", "20211231 174530"),
        ("seconds since 1970", "seconds since 1970, such as 1640972730"),
        ("no format", "no format"),
    ],
)
def test_a_format_is_shown_by_an_example(date_format, example):
    assert describe_format(date_format) == example


def test_every_format_that_is_offered_is_one_and_has_its_own_example():
    assert all(is_date_format(date_format) for date_format in DATE_FORMATS)
    assert len(set(DATE_FORMATS)) == len(DATE_FORMATS)


@pytest.mark.parametrize(
    "date_format",
    [
        "", "date", "%d.%m", "%H:%M", "%Y %Y", "%a%a %Y", "%Y %k", "%Y[", "]%Y", "%* %Y",
        "%Y[ ][ ][ ][ ]", "%Y" + "x" * 100, "%", "%Y%%",
    ],
)  # fmt: skip
def test_what_cannot_be_read_with_is_no_format(date_format):
    assert not is_date_format(date_format)


def test_a_format_is_split_into_its_parts():
    assert split_format("%d. [%b] %{1930}y") == ["%d", ".", " ", "[", "%b", "]", " ", "%{1930}y"]
