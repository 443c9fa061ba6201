"""Last rows that lack only the target are those to forecast, or a question; never read wrong."""

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import Series, SeriesError
from tests.app.domain.csv_reading.tables import DAYS, csv_of, table_of

HEADER = "Date,Sales,Holiday,Price,Visitors"


def shop_csv(future_rows=3, visitors_ahead=""):
    """60 days of a shop, the last of which have no sales and no visitors yet."""
    lines = [HEADER]
    n_past = 60 - future_rows
    for number, day in enumerate(DAYS):
        holiday = int(number % 7 == 6)
        price = 10 + number % 5 / 2
        sales = f"{number * 7 % 11}.5" if number < n_past else ""
        visitors = str(100 + number * 3 % 13) if number < n_past else visitors_ahead
        lines.append(f"{day},{sales},{holiday},{price},{visitors}")
    return "\n".join(lines) + "\n"


def series_of(text, **options):
    return make_series(table_of(text), CleaningOptions(**options))


def test_rows_that_lack_the_target_are_those_to_forecast_with_what_they_have():
    series, notes = series_of(shop_csv())

    assert series.target == "Sales"
    assert series.known_ahead == ("Holiday", "Price")
    assert len(series.dates) == 57
    assert [str(date)[:10] for date in series.future.dates] == DAYS[57:]
    assert series.future.values.tolist() == [[0, 11.0], [0, 11.5], [0, 12.0]]
    assert (
        "The last 3 rows have no Sales: they are the rows to forecast, in which Holiday and Price"
        " are known ahead."
    ) in notes
    again = Series.from_bytes(series.to_bytes())
    assert again.fingerprint == series.fingerprint
    assert again.known_values.shape == (60, 2)
    assert [str(date)[:10] for date in again.dates_with(4)[-4:]] == [*DAYS[57:], "2020-03-01"]


def test_the_newest_row_may_come_first():
    header, *lines = shop_csv().splitlines()

    series, _ = series_of("\n".join([header, *reversed(lines)]) + "\n")

    assert [str(date)[:10] for date in series.future.dates] == DAYS[57:]


def test_what_is_known_ahead_and_its_rows_change_the_fingerprint():
    series, _ = series_of(shop_csv())
    others = [
        series_of(shop_csv(), known_ahead=("Price",))[0],
        series_of(shop_csv().replace(f"{DAYS[-1]},,0", f"{DAYS[-1]},,1"))[0],
    ]

    assert len({series.fingerprint, *(other.fingerprint for other in others)}) == 3


def test_a_column_that_the_last_rows_lack_alone_is_the_target_where_no_name_says_it():
    ends = {line: f"{DAYS[line - 2]},,{line}" for line in (59, 60, 61)}

    series, _ = series_of(csv_of(ends, header="Date,alpha,beta"))

    assert series.target == "alpha"  # not the last one
    assert series.known_ahead == ("beta",)
    with pytest.raises(SeriesError):  # Close may be what is forecast
        series_of(csv_of(ends))


def test_whether_one_row_is_to_be_forecast_is_a_question():
    text = shop_csv(1, visitors_ahead="100")

    with pytest.raises(SeriesError) as refused:
        series_of(text, target="Sales")

    [question] = refused.value.problems
    assert question.field == "known_ahead"
    assert [choice.value for choice in question.choices] == ["Holiday,Price,Visitors", "none"]
    assert "or is its Sales only missing?" in question.message
    series, _ = series_of(text, target="Sales", known_ahead=("Holiday",))
    assert (len(series.dates), series.future_rows) == (59, 1)


def test_a_person_says_what_is_known_ahead():
    series, _ = series_of(shop_csv(visitors_ahead="100"), known_ahead=("Price",))

    assert series.known_ahead == ("Price",)
    assert series.future.values.shape == (3, 1)
    assert np.isfinite(series.values).all()


def test_where_nothing_is_known_ahead_missing_values_are_asked_about_as_ever():
    with pytest.raises(SeriesError) as refused:
        series_of(shop_csv(), known_ahead=())

    assert {problem.field for problem in refused.value.problems} == {"missing"}

    series, _ = series_of(shop_csv(), known_ahead=(), missing="drop")
    assert (len(series.dates), series.known_ahead, series.future) == (57, (), None)


def test_values_missing_before_the_rows_to_forecast_are_asked_about_with_their_lines():
    text = shop_csv().replace(f"{DAYS[20]},8.5,", f"{DAYS[20]},,")

    with pytest.raises(SeriesError) as refused:
        series_of(text)

    [problem] = refused.value.problems
    assert '"Sales" has no value in line 22.' in problem.message


def test_columns_can_be_known_ahead_before_the_file_has_rows_to_forecast():
    series, _ = series_of(shop_csv(0), target="Sales", known_ahead=("Holiday",))

    assert (series.known_ahead, series.future_rows) == (("Holiday",), 0)
    assert series.known_values.shape == (60, 1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sales", "is the target"),
        ("Price", "choose it as a feature too"),
        ("Weather", 'Column "Weather" not found'),
    ],
)
def test_what_cannot_be_known_ahead_is_refused_at_its_field(name, words):
    with pytest.raises(SeriesError) as refused:
        series_of(shop_csv(), target="Sales", features=("Holiday",), known_ahead=(name,))

    [problem] = refused.value.problems
    assert problem.field == "known_ahead"
    assert words in problem.message
