"""Typographic characters and digits of other scripts are made plain."""

import pytest

from app.domain.csv_reading.numbers.words import normalise_cell


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (" 1  234 ", "1 234"),
        ("1\u202f234", "1 234"),
        ("\u22125", "-5"),
        ("1\u2019234", "1'234"),
        ("\uff11\uff12\uff0e\uff15", "12.5"),
        ("\u0661\u0662\u066b\u0665", "12.5"),
        ("\u06f1\u06f2", "12"),
        ("\u0967\u0968", "12"),
        ("\u200f5\ufeff", "5"),
        ("\uffe5100", "\u00a5100"),
        ('="007"', "007"),
        ("word", "word"),
    ],
)
def test_a_cell_is_written_in_plain_characters(cell, plain):
    assert normalise_cell(cell) == plain
