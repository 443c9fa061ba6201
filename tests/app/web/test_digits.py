"""How many digits numbers get that are shown together."""

from dataclasses import dataclass

import pytest

from app.web.digits import (
    count_column_digits,
    count_decimals,
    count_digits,
    write_numbers,
    write_percentages,
)


@dataclass(frozen=True)
class Column:
    name: str
    form: str


@pytest.mark.parametrize(
    ("amounts", "texts"),
    [
        ([2.06512, 2.06498, 2.06533], ["2.0651", "2.0650", "2.0653"]),
        ([2.0651, 2.0662, 2.0673], ["2.065", "2.066", "2.067"]),
        ([0.5, 0.5, None], ["0.5000", "0.5000", "–"]),
        ([1.0, 1.0 + 1e-12], ["1.000", "1.000"]),
        ([float("nan")], ["–"]),
    ],
)
def test_numbers_shown_together_get_the_digits_that_tell_them_apart(amounts, texts):
    assert write_numbers(amounts) == texts


def test_percentages_shown_together_get_the_decimals_that_tell_them_apart():
    assert write_percentages([0.1234, 0.1232]) == ["12.34 %", "12.32 %"]
    assert write_percentages([0.123, 0.2]) == ["12.3 %", "20.0 %"]


def test_nothing_to_compare_gets_the_usual_digits():
    assert count_digits([]) == 4
    assert count_decimals([None]) == 1


def test_each_column_of_numbers_has_its_own_digits():
    columns = [Column("objective", "number"), Column("skill", "percent"), Column("cell", "text")]
    rows = [
        {"objective": 2.06512, "skill": 0.1, "cell": "lstm"},
        {"objective": 2.06498, "skill": 0.2, "cell": "gru"},
    ]

    digits = count_column_digits(columns, rows, dict.get)

    assert digits == {"objective": 5, "skill": 1}
