"""A table whose header has the dates becomes a series with a row for each of them."""

import pytest

from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.series_files import (
    CASES,
    csv_of,
    dates_of,
    days,
    question_of,
    series_of,
    table_of,
    wide_csv,
)

WORLD_BANK = (CASES / "A11_worldbank_wide.csv").read_bytes()
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def test_a_world_bank_file_is_asked_about_by_country():
    question = question_of(WORLD_BANK)

    assert 'The file has 266 series, told apart by "Country Name"' in question.message
    assert question.field == "key"
    assert question.choices[0].value == "Country 000"
    assert question.choices[0].label == "Country 000 (56 values)"


def test_a_country_of_a_world_bank_file_has_its_values_at_their_years():
    series, notes = series_of(WORLD_BANK, key=("Country 000",))

    assert dates_of(series)[0] == "1968-01-01"
    assert dates_of(series)[-1] == "2023-01-01"
    assert len(series.dates) == 56
    assert series.columns == ("value",)
    assert series.target_values[:2].tolist() == [529158174886.92, 522163169569.81]
    assert "There is no value for 1960 to 1967: these dates were left out." in notes
    assert any('"Country Code"' in note and "not used" in note for note in notes)


def test_the_dialect_of_a_transposed_table_reads_the_next_file_with_a_year_more():
    document = table_of(wide_csv(), key=("Brazil",)).dialect.document()
    longer = wide_csv(("Austria", "Brazil"), [str(year) for year in range(1990, 2031)])

    table = read_table(longer.encode(), Dialect.from_document(document))

    assert document["is_transposed"] is True
    assert str(table.dates.iloc[-1].date()) == "2030-01-01"
    assert table.numbers["value"].tolist() == [200.0 + number for number in range(41)]


def test_a_line_alone_needs_no_choice():
    text = wide_csv(("Population",))

    series, _ = series_of(text)

    assert question_of(text) is None
    assert series.target_values[[0, -1]].tolist() == [100.0, 139.0]


def test_all_lines_can_be_columns():
    series, _ = series_of(wide_csv(), key=("*wide",))

    assert series.columns == ("Austria", "Brazil")
    assert series.values[-1].tolist() == [139.0, 239.0]


def test_more_dates_than_a_table_may_have_columns_are_read():
    rows = [
        ("", "Albania", 41.2, 20.2, *range(1143)),
        ("Hubei", "China", 31, 112, *range(1143)),
        ("Hunan", "China", 28, 112, *range(1143)),
        ("", "Chile", 1, 2, *range(1143)),
    ]
    header = ("Province/State", "Country/Region", "Lat", "Long", *days(1143, "2020-01-22"))
    text = csv_of(header, rows)

    series, notes = series_of(text, key=("(empty) | Albania",))

    assert len(series.dates) == 1143
    assert dates_of(series)[-1] == "2023-03-09"
    assert series.target_values[-1] == 1142.0
    assert 'Beside the dates stand "Lat" and "Long": they are not used.' in notes


def test_columns_without_dates_are_still_bounded():
    header = ["name", *[f"d_{number}" for number in range(600)]]

    with pytest.raises(SeriesError, match="601 columns; at most 500"):
        detect_dialect(csv_of(header, [["a", *range(600)]] * 3).encode())


def test_months_in_columns_and_a_year_in_each_line_are_one_series():
    rows = [
        (year, *[12 * (year - 2000) + month for month in range(12)], 7, 8)
        for year in range(2000, 2005)
    ]
    text = csv_of(("Year", *MONTHS, "J-D", "DJF"), rows)

    series, notes = series_of(text)

    assert dates_of(series)[:2] == ["2000-01-01", "2000-02-01"]
    assert dates_of(series)[-1] == "2004-12-01"
    assert series.target_values.tolist() == [float(number) for number in range(60)]
    assert 'Beside the dates stand "J-D" and "DJF": they are not used.' in notes


def test_years_in_columns_and_a_month_in_each_line_are_one_series():
    rows = [(name, *[12 * year + month for year in range(4)]) for month, name in enumerate(MONTHS)]

    series, _ = series_of(csv_of(("Month", "2018", "2019", "2020", "2021"), rows))

    assert dates_of(series)[0] == "2018-01-01"
    assert dates_of(series)[-1] == "2021-12-01"
    assert series.target_values.tolist() == [float(number) for number in range(48)]


def test_stations_with_a_year_in_each_line_are_asked_about():
    rows = [
        (name, year, *[100 * number + year + month for month in range(12)])
        for number, name in enumerate(("Berlin", "Bremen"))
        for year in range(2000, 2004)
    ]
    text = csv_of(("Station", "Year", *MONTHS), rows)

    series, _ = series_of(text, key=("Bremen",))

    assert "Berlin (48 values), Bremen (48 values)" in question_of(text).message
    assert dates_of(series)[-1] == "2003-12-01"
    assert series.target_values[0] == 2100.0


def test_flags_and_signs_for_no_value_of_eurostat_are_understood():
    years = [f"{year} " for year in range(1980, 2024)]
    cells = [": ", ": c", *[f"{number}.5 " for number in range(40)], "90.5 p", "91.5 bp"]
    text = csv_of(("freq,geo\\TIME_PERIOD", *years), [("A,DE", *cells)], "\t")

    series, notes = series_of(text)

    assert dates_of(series)[0] == "1982-01-01"
    assert series.target_values[[0, -2, -1]].tolist() == [0.5, 90.5, 91.5]
    assert any('such as "90.5 p", are flags' in note for note in notes)


def test_fiscal_years_begin_with_their_first_and_this_is_said():
    header = [f"{year}-{(year + 1) % 100:02}" for year in range(1980, 2020)]

    series, notes = series_of(wide_csv(("Bihar",), header))

    assert dates_of(series)[0] == "1980-01-01"
    assert any('"1980-81" in the header is read as 1980' in note for note in notes)


def test_newest_first_is_sorted_and_decimal_commas_are_read():
    header = [str(year) for year in range(2019, 1979, -1)]
    text = csv_of(("Land", *header), [("Bayern", *[f"1.{n:03},5" for n in range(40)])], ";")

    series, _ = series_of(text)

    assert dates_of(series)[0] == "1980-01-01"
    assert series.target_values[[0, -1]].tolist() == [1039.5, 1000.5]


def test_a_source_below_the_lines_is_passed_over_and_said():
    text = wide_csv() + "Data from database: X" + "," * 40 + "\n"

    series, notes = series_of(text, key=("Austria",))

    assert len(series.dates) == 40
    assert "Line 4 is below the table and was skipped." in notes


def test_lines_that_nothing_names_are_refused():
    with pytest.raises(SeriesError, match="no columns of text name each line"):
        table_of(wide_csv(("x", "x")))


def test_a_table_that_is_not_transposed_can_be_read_as_it_stands():
    table = table_of(wide_csv(), is_transposed=False, has_header=True)

    assert table.rows == 2
    assert not table.dialect.is_transposed


def test_a_table_cannot_be_transposed_without_dates_in_its_header():
    with pytest.raises(SeriesError) as caught:
        detect_dialect(b"date,x\n2020-01-01,1\n2020-01-02,2\n", {"is_transposed": True})

    assert caught.value.problems[0].field == "is_transposed"
