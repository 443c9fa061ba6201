"""Columns are read as numbers, and what is unusual about their cells is said."""

from dataclasses import replace

import numpy as np

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.tables import DAYS, find, table_of


def csv_of(cells, name="Value"):
    rows = [
        f"{day};{cell};{index}.25"
        for index, (day, cell) in enumerate(zip(DAYS, cells, strict=True))
    ]
    return "\n".join([f"Date;{name};Other", *rows])


def test_a_column_of_fractions_is_left_out_and_said_to_be_one():
    finding = find(csv_of([f"101-{index % 32:02d}" for index in range(60)]), "left_out")[0]

    assert '"Value" holds fractions ("101-00")' in finding.message


def test_how_cells_were_read_is_said_with_an_example_of_each():
    cells = [f"{index}.50%" for index in range(60)]
    cells[7] = "7.50% p"

    assert find(csv_of(cells), "numbers")[0].message == (
        'In "Value", "0.50%" is read as 0.5, "7.50% p" is read as 7.5.'
    )


def test_cells_that_only_bound_a_number_are_counted():
    cells = ["<0.1" if index % 20 == 3 else f"{index}.5" for index in range(60)]

    text = csv_of(cells)

    assert find(text, "bound")[0].lines == (5, 25, 45)
    assert table_of(text).bounds["Value"].dropna().tolist() == [0.1, 0.1, 0.1]
    assert table_of(text).numbers["Value"].isna().sum() == 3


def test_a_column_of_bounds_is_one_of_numbers():
    assert table_of(csv_of(["<0.1"] * 59 + ["2.5"])).number_columns == ["Value", "Other"]


def test_numbers_for_no_value_are_missing_values_with_their_lines():
    cells = ["-999.9" if index in (4, 9) else f"{index}.5" for index in range(60)]
    text = csv_of(cells)

    sentinel = find(text, "sentinel")[0]

    assert sentinel.lines == (6, 11)
    assert find(text, "missing")[0].lines == (6, 11)
    assert "-999.9, as it is far from all other numbers, is taken for no value" in sentinel.message


def test_a_number_a_person_calls_missing_is_missing_in_all_columns_however_usual_it_is():
    text = csv_of(["1.25" if index == 4 else f"{index}.5" for index in range(60)])
    content = text.encode()
    dialect = replace(detect_dialect(content), missing_numbers=(1.25,))

    table = read_table(content, dialect)

    assert np.flatnonzero(table.numbers["Value"].isna()).tolist() == [4]
    assert np.flatnonzero(table.numbers["Other"].isna()).tolist() == [1]


def test_a_column_of_nothing_but_missing_numbers_is_empty():
    content = csv_of(["-999"] * 60).encode()
    dialect = replace(detect_dialect(content), missing_numbers=(-999.0,))

    table = read_table(content, dialect)

    assert table.number_columns == ["Other"]


def test_columns_with_the_signs_swapped_are_both_read_right():
    content = csv_of([f"{index},5" for index in range(60)]).encode()

    table = read_table(content, detect_dialect(content))

    assert table.dialect.swapped_columns == ("Value",)
    assert table.numbers.iloc[3].tolist() == [3.5, 3.25]
