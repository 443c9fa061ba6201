"""Files in the shapes of public sources come out with the values that their readers expect."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from app.domain.csv_reading.series import Series, SeriesError
from app.services.csv_fields import as_texts, read_answers
from app.services.preparation import PreparedDataset, prepare_csv

FILES = Path(__file__).parents[2] / "cases" / "further"


@dataclass(frozen=True)
class Shape:
    """What a person who knows a file expects of it.

    value: the target's in the first row by date. answers: what the person says of the file, if
    asked; the target also unasked.
    """

    name: str
    first: str
    last: str
    target: str | None
    value: float
    rows: int = 120
    answers: dict[str, str] = field(default_factory=dict)


SHAPES = [
    Shape(
        "fred", "1990-01-01", "1999-12-01", "UNRATE", 100.0, rows=119, answers={"missing": "drop"}
    ),
    Shape("bank_of_england", "2020-01-02", "2020-06-17", "XUDLUSS", 1.1),
    Shape(
        "statistics_canada", "2010-01-01", "2019-12-01", "VALUE", 200.0, answers={"key": "Ontario"}
    ),
    Shape("destatis", "2010-01-01", "2019-12-01", None, 100.0),
    Shape("entsoe", "2024-01-01", "2024-01-05 23:00", "Day-ahead Price [EUR/MWh]", 100.0),
    Shape("pjm", "2024-01-01 05:00", "2024-01-06 04:00", "mw", 100.0),
    Shape("crypto_data_download", "2024-01-01", "2024-01-05 23:00", "close", 140.81),
    Shape("investing_german", "2022-01-03", "2022-06-17", "Zuletzt", 14140.31),
    Shape(
        "our_world_in_data",
        "1950-01-01",
        "2009-01-01",
        "Life expectancy",
        100.0,
        rows=60,
        answers={"key": "Chile"},
    ),
    Shape(
        "household_power",
        "2006-12-16 17:24",
        "2006-12-16 19:23",
        "Global_active_power",
        4.0,
        rows=118,
        answers={"missing": "drop", "target": "Global_active_power"},
    ),
    Shape("bike_sharing", "2011-01-01", "2011-01-05 23:00", "cnt", 100.0),
    Shape(
        "jena",
        "2009-01-01 00:10",
        "2009-01-01 20:00",
        "T (degC)",
        10.0,
        answers={"target": "T (degC)"},
    ),
    Shape("ghcn", "2020-01-01", "2020-04-29", "TMAX", 10.0, answers={"target": "TMAX"}),
    Shape(
        "giss", "1990-01-01", "2023-12-01", None, 1.0, rows=408, answers={"is_transposed": "true"}
    ),
    Shape("open_meteo", "2024-01-01", "2024-01-05 23:00", "temperature_2m (°C)", 10.0),
    Shape("google_analytics", "2020-01-01", "2020-04-29", "Users", 2000.0),
    Shape("sap", "2021-01-04", "2021-06-18", "Betrag in HW", 3000.0),
    Shape("insee", "2010-01-01", "2019-12-01", None, 140.31),
    Shape("banco_central", "2020-01-02", "2020-06-17", "valor", 4.1),
    Shape("chinese", "2020-01-02", "2020-06-17", "收盘价", 3100.0),
    Shape("prometheus", "2024-01-01 00:00:00.25", "2024-01-01 00:29:45.25", "value", 100.0),
    Shape("scb", "2010-01-01", "2019-12-01", None, 2000.0, answers={"key": "01 Stockholms län"}),
    Shape(
        "aemo",
        "2024-01-01 00:05",
        "2024-01-01 10:00",
        "TOTALDEMAND",
        7100.0,
        answers={"target": "TOTALDEMAND"},
    ),
    Shape("johns_hopkins", "2020-01-22", "2020-05-20", None, 200.0, answers={"key": "Austria"}),
    Shape("offsets", "2024-03-30 19:00", "2024-04-04 18:00", "Leistung kW", 100.0),
    Shape("excel_months", "2010-01-01", "2019-12-01", "Sales ($)", 10000.0),
    Shape("french_months", "2010-01-01", "2019-12-01", "Ventes (milliers d'euros)", 10000.0),
    Shape("stooq_daily", "2021-01-04", "2021-06-18", "<CLOSE>", 100.0),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_file_of_a_public_source_is_read_right_or_asked_about(shape):
    content = (FILES / f"{shape.name}.csv").read_bytes()
    asked = asked_fields(content)

    prepared = prepare(content, shape.answers)

    assert asked <= set(shape.answers)
    series = Series.from_bytes(prepared.series)
    assert len(series.dates) == shape.rows
    assert pd.Timestamp(series.dates[0]) == pd.Timestamp(shape.first)
    assert pd.Timestamp(series.dates[-1]) == pd.Timestamp(shape.last)
    assert series.target_values[0] == pytest.approx(shape.value)
    if shape.target is not None:
        assert prepared.target == shape.target


def asked_fields(content: bytes) -> set[str]:
    """The fields that a file leaves open where nothing is answered."""
    try:
        prepare(content, {})
    except SeriesError as error:
        return {problem.field for problem in error.problems}
    return set()


def prepare(content: bytes, answers) -> PreparedDataset:
    read = read_answers(as_texts(answers))
    return prepare_csv(content, read.settled, read.cleaning)
