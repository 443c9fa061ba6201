"""How each column was read is said with an example and its range."""

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table
from app.web.forms.column_preview import describe_columns
from tests.several import panel_csv

ROWS = "".join(
    f"{day:02d}.01.2020;{'' if day == 4 else f'1.{day:03d},5'};7;Halle\n" for day in range(1, 32)
)
CONTENT = f"Datum;Verbrauch;Fest;Ort\n{ROWS}".encode()


def columns_of(content: bytes, used, **settled):
    table = read_table(content, detect_dialect(content, settled))
    return {column.name: column for column in describe_columns(table, used)}


def test_numbers_and_dates_are_shown_as_written_and_as_read():
    columns = columns_of(CONTENT, {"Datum", "Verbrauch"})

    numbers = columns["Verbrauch"]
    assert (numbers.kind, numbers.example, numbers.read_as) == ("number", "1.001,5", "1001.5")
    assert (numbers.low, numbers.high, numbers.missing) == ("1001.5", "1031.5", 1)
    dates = columns["Datum"]
    assert (dates.kind, dates.example, dates.read_as) == ("date", "01.01.2020", "2020-01-01")
    assert (dates.low, dates.high, dates.left_out) == ("2020-01-01", "2020-01-31", "")


def test_columns_that_are_not_used_say_why():
    columns = columns_of(CONTENT, {"Datum"})

    reasons = {name: column.left_out for name, column in columns.items()}
    assert reasons == {
        "Datum": "",
        "Verbrauch": "not chosen",
        "Fest": "never changes",
        "Ort": "no numbers",
    }


def test_the_column_that_names_a_series_is_called_so():
    columns = columns_of(panel_csv(), {"Date", "Close"}, key=("BBB",))

    assert columns["Symbol"].kind == "series"
    assert (columns["Close"].low, columns["Close"].high) == ("200", "239")
