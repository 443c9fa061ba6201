"""The columns that name series are the fewest with which no date repeats."""

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.several.key_detection import find_key_columns

N_DATES = 60
RANDOM = np.random.default_rng(1)


def table_of_series(*keys):
    """Rows of each key on each date, a column for each part of the keys; and the dates."""
    rows = [key for key in keys for _ in range(N_DATES)]
    cells = pd.DataFrame(rows, columns=[f"part {number}" for number in range(len(keys[0]))])
    return cells, np.tile(np.arange(N_DATES), len(keys))


def names_of(columns):
    if columns is None:
        return None
    return [column.name for column in columns]


def test_one_column_is_enough_where_it_tells_all_rows_apart():
    cells, dates = table_of_series(("AFG", "Asia"), ("ALB", "Europe"), ("DEU", "Europe"))

    assert names_of(find_key_columns(cells, dates)) == ["part 0"]


def test_two_columns_are_found_where_one_is_not_enough():
    keys = [(shop, item) for shop in "AB" for item in "xyz"]
    cells, dates = table_of_series(*keys)
    cells["sales"] = RANDOM.integers(0, 9, len(cells))

    assert names_of(find_key_columns(cells, dates)) == ["part 0", "part 1"]


def test_more_than_two_columns_are_found_without_those_that_are_not_needed():
    keys = [(geo, unit, item, "A") for geo in "AB" for unit in "PQ" for item in "xy"]
    cells, dates = table_of_series(*keys)

    assert sorted(names_of(find_key_columns(cells, dates))) == ["part 0", "part 1", "part 2"]


def test_whole_numbers_are_keys_and_numbers_with_decimals_are_none():
    cells, dates = table_of_series((1, 0.5), (2, 1.5))

    assert names_of(find_key_columns(cells, dates)) == ["part 0"]


def test_text_comes_before_the_number_that_says_the_same():
    cells, dates = table_of_series((53, "Washington"), (17, "Illinois"))

    assert names_of(find_key_columns(cells, dates)) == ["part 1"]


def test_a_counter_of_each_series_is_no_key():
    cells, dates = table_of_series(("Aave",), ("Bitcoin",))
    cells["SNo"] = [*range(1, N_DATES + 1), *range(30, N_DATES + 30)]

    assert names_of(find_key_columns(cells, dates)) == ["part 0"]


@pytest.mark.parametrize("name", ["time", "Hour", "DELIVERY_DATE", "month"])
def test_a_time_is_no_name_of_a_series(name):
    cells = pd.DataFrame({name: np.tile(["AM", "PM"], N_DATES)})
    dates = np.repeat(np.arange(N_DATES), 2)

    assert find_key_columns(cells, dates) is None


def test_remarks_that_tell_rows_apart_by_chance_are_no_key():
    dates = np.repeat(np.arange(4000), 5)
    remarks = {f"c{number}": RANDOM.choice(list("abcdefgh"), len(dates)) for number in range(6)}

    assert find_key_columns(pd.DataFrame(remarks), dates) is None


def test_a_few_dates_that_repeat_in_a_series_do_not_hide_its_key():
    cells, dates = table_of_series(("AAL",), ("MSFT",))
    dates = dates.copy()
    dates[5] = 4

    assert names_of(find_key_columns(cells, dates)) == ["part 0"]


def test_a_million_rows_are_searched_by_a_sample_first():
    names = np.repeat(np.array([f"N{number}" for number in range(500)], dtype=object), 2000)
    cells = pd.DataFrame({"Name": names, "note": RANDOM.choice(["a", "b"], len(names))})
    dates = np.tile(np.arange(2000), 500)

    columns = find_key_columns(cells, dates)

    assert names_of(columns) == ["Name"]
    assert len(columns[0].texts) == 500
