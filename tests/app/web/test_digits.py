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


def test_two_poor_ones_that_are_nearly_the_same_give_no_digits_to_the_others():
    errors = [0.4132, 0.4312, 0.4471, 0.4472, 0.4599, 1.18209, 1.18210, 1.5101]

    texts = write_numbers(errors)

    assert texts == ["0.4132", "0.4312", "0.4471", "0.4472", "0.4599", "1.182", "1.182", "1.510"]
    assert write_numbers([0.41321, 0.41324, *errors])[:2] == ["0.41321", "0.41324"]
    assert write_percentages([0.62176, 0.62171, 0.3, 0.2])[:2] == ["62.18 %", "62.17 %"]


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
