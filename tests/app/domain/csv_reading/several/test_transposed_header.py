"""Dates in a header are found by their order and what is below them."""

import pytest

from app.domain.csv_reading.several.transposed_header import (
    find_dates_in_order,
    find_header_dates,
    find_months,
    month_number,
    read_header_dates,
)
from tests.app.domain.csv_reading.series_files import days, months


@pytest.mark.parametrize(
    ("cells", "date_format", "texts"),
    [
        (["1960", "1961", "1962"], "%Y", ["1960", "1961", "1962"]),
        (["2019", "2018", "2017"], "%Y", ["2019", "2018", "2017"]),
        (["1960 [YR1960]", "1961 [YR1961]", "1962 [YR1962]"], "%Y", ["1960", "1961", "1962"]),
        (["Y1961", "Y1962", "Y1963"], "%Y", ["1961", "1962", "1963"]),
        (["X2000.01.31", "X2000.02.29", "X2000.03.31"], "%Y/%m/%d", None),
        (["1/22/20", "1/23/20", "1/24/20"], "%m/%d/%y", None),
        (["2000-01-31", "2000-02-29", "2000-03-31"], "%Y-%m-%d", None),
        (["Jan-20", "Feb-20", "Mar-20"], "%b-%y", None),
        (["2009/10", "2010/11", "2011/12"], "%Y", ["2009", "2010", "2011"]),
        (["2011-10", "2011-11", "2011-12", "2012-01"], "%Y-%m", None),
    ],
)
def test_dates_that_are_written_alike_and_in_order_are_found(cells, date_format, texts):
    dates = find_dates_in_order(["name", "unit", *cells, "remark"])

    assert dates.columns == tuple(range(2, 2 + len(cells)))
    assert dates.date_format == date_format
    if texts is not None:
        assert list(dates.texts) == texts


@pytest.mark.parametrize(
    "header",
    [
        ["date", "x1", "x2", "x3"],
        ["name", "1960", "1961"],  # too few
        ["name", "1960", "1975", "1962"],  # in no order
        ["name", "1", "2", "3", "4"],
        ["name", "lag 1", "lag 2", "lag 3"],
    ],
)
def test_other_headers_have_no_dates(header):
    assert find_dates_in_order(header) is None


def test_years_above_dates_are_no_dates_of_a_transposed_table():
    header = ["event", "2018", "2019", "2020"]

    assert find_header_dates(header, [["a", "1950", "1960", "1970"]] * 5) is None
    assert find_header_dates(header, [["a", "x", "y", "z"]] * 5) is None
    assert find_header_dates(header, [["a", "1.5", "2", "3"]] * 5) is not None


def test_years_beside_days_are_values_of_these_days():
    body = [[day, "1.5", "2.5", "3.5"] for day in days()]

    assert find_header_dates(["date", "2018", "2019", "2020"], body) is None


def test_flags_between_the_years_are_passed_over():
    header = ["Area", "Y1961", "Y1961F", "Y1962", "Y1962F", "Y1963", "Y1963F", "Y1964"]

    dates = find_dates_in_order(header)

    assert dates.columns == (1, 3, 5, 7)


@pytest.mark.parametrize(
    "names",
    [
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "DJF JFM FMA MAM AMJ MJJ JJA JAS ASO SON OND NDJ",
        "M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 M12",
        "1 2 3 4 5 6 7 8 9 10 11 12",
    ],
)
def test_months_are_found_in_the_languages_of_europe(names):
    months_of_year = find_months(["Year", *names.split(), "Total"])

    assert months_of_year.columns == tuple(range(1, 13))
    assert months_of_year.texts[0] == "01"
    assert months_of_year.texts[-1] == "12"


def test_quarters_begin_with_their_first_month():
    assert find_months(["Year", "Q1", "Q2", "Q3", "Q4"]).texts == ("01", "04", "07", "10")


def test_a_cell_may_name_a_month():
    numbers = [month_number(cell) for cell in ("Jan", "dezember", "août", "3", "Total")]

    assert numbers == ["01", "12", "08", "03", None]


def test_a_header_is_read_in_a_known_format_with_more_dates_than_before():
    dates = read_header_dates(["name", *months(4), "Total"], "%Y-%m")

    assert dates.columns == (1, 2, 3, 4)
    assert read_header_dates(["name", "Total"], "%Y-%m") is None
