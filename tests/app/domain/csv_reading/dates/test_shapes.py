"""A cell is transposed into the formats it may be written in, and into none where it is no date."""

import pytest

from app.domain.csv_reading.dates.shapes import guess_formats
from tests.growth import assert_no_worse_than_linear


@pytest.mark.parametrize(
    ("cell", "formats"),
    [
        ("2021-01-04", ["%Y-%m-%d"]),
        ("04/01/2021", ["%m/%d/%Y", "%d/%m/%Y"]),
        ("25/01/2021", ["%d/%m/%Y"]),
        ("2022- 12- 02", ["%Y- %m- %d"]),
        ("04jan2021", ["%d%b%Y"]),
        ("2020-W05-1", ["%Y-W%V-%u"]),
        ("2003:1", ["%Y:%m", "%Y:%q"]),
        ("1. Quartal 2003", ["%q. Quartal %Y"]),
        ("4 stycznia 2021 r.", ["%d %b %Y r."]),
        ("Mon Jan  4 05:06:07 2021", ["%a %b %d %H:%M:%S %Y"]),
        ("2021-01-04 05:06:07,123", ["%Y-%m-%d %H:%M:%S[,%f]"]),
        ("2021-01-04T05:06+02:00", ["%Y-%m-%dT%H:%M%z"]),
        ("12:30 04.13.2021", ["%H:%M %m.%d.%Y"]),
    ],
)
def test_a_cell_has_its_formats(cell, formats):
    assert list(guess_formats(cell)) == formats


@pytest.mark.parametrize(
    "cell",
    [
        "", "x", "12:30", "1.5", "E10 2020", "model 20", "2021-13", "99/99/2021", "AB-2020-01-01",
        "192.168.1.1", "+49 30 1234567", "10.1000/182", "3 apples", "1-2-3-4-5", "v1.2.3", "%Y",
        "2021-01-04 10:00 CST", "2021[01]04", "1" * 200, "1 " * 100,
    ],
)  # fmt: skip
def test_what_is_no_date_has_no_format(cell):
    assert guess_formats(cell) == ()


@pytest.mark.parametrize("part", ["1 ", "1-", "q1", "mar ", "1:", "t1 ", "年1", "a.m. "])
def test_a_cell_of_many_parts_takes_no_longer(part):
    def guess(text):
        for number in range(20):
            guess_formats(f"{text}{number}")

    assert_no_worse_than_linear(guess, lambda size: part * size, 5)
