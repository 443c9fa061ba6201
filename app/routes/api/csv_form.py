"""The fields in which a program says how its CSV is written and what is kept of it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form

from app.schemas import MAX_ID
from app.services.csv_fields import OPTIONS

MAX_FIELD_LENGTH = 400
Names = list[str] | None
Text = str | None


def _text(description: str, examples: list[str]) -> Any:
    return Form(max_length=MAX_FIELD_LENGTH, description=description, examples=examples)


def _names(description: str, examples: list[list[str]]) -> Any:
    several = f"{description}; repeated, or one text with commas between"
    return Form(description=several, examples=examples)


def _options(name: str, description: str) -> Any:
    """A field of a few values, which the documentation lists. Others are refused in words."""
    return Form(
        max_length=MAX_FIELD_LENGTH,
        description=description,
        json_schema_extra={"enum": list(OPTIONS[name])},
    )


@dataclass(frozen=True)
class CsvForm:
    """What is not sent is recognised; where the file leaves it open, the answer is 422."""

    separator: Annotated[Text, _options("separator", "between cells; also as a word: tab")] = None
    decimal: Annotated[Text, _options("decimal", "sign before the decimals")] = None
    thousands: Annotated[Text, _options("thousands", "sign between thousands, or none")] = None
    encoding: Annotated[Text, _options("encoding", "of the text, by any of its names")] = None
    has_header: Annotated[Text, _options("has_header", "whether a line names the columns")] = None
    date: Annotated[
        Names,
        _names(
            "date columns, joined by a space; none to number the rows",
            [["Date"], ["Date", "Time"], ["none"]],
        ),
    ] = None
    date_format: Annotated[Text, _text("how dates are written", ["%d/%m/%Y", "%Y-%m-%d"])] = None
    key_columns: Annotated[
        Names, _names("of a file with several series: the columns that name one", [["symbol"]])
    ] = None
    key: Annotated[
        Names,
        Form(
            description="the series that is taken: its name in `key_columns`, one text for each "
            "or one with ` | ` between; `*` for all, each as its own dataset; `*wide` for all as "
            "columns of one dataset; `*one` for all rows as one series",
            examples=[["AAPL"], ["Berlin | temperature"], ["*"]],
        ),
    ] = None
    is_transposed: Annotated[
        Text,
        _options("is_transposed", "whether each line is a series and the header has the dates"),
    ] = None
    missing_numbers: Annotated[
        Names, _names("numbers that stand for a missing value, or none", [["-999", "-99.9"]])
    ] = None
    target: Annotated[Text, _text("column to forecast", ["Close"])] = None
    features: Annotated[Names, _names("columns the network reads", [["Open", "Close"]])] = None
    known_ahead: Annotated[
        Names,
        _names(
            "features whose values are known for the rows to forecast, or none",
            [["Holiday", "Price"], ["none"]],
        ),
    ] = None
    missing: Annotated[
        Text, _options("missing", "rows that lack a value: an interpolated one knows the next row")
    ] = None
    duplicates: Annotated[Text, _options("duplicates", "which row of a repeated date stays")] = None
    constant: Annotated[Text, _options("constant", "columns that never change")] = None


LikeField = Annotated[
    int | None,
    Form(
        ge=1,
        le=MAX_ID,
        description="a dataset whose corrections are taken where no field says otherwise",
    ),
]
