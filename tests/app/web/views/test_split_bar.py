"""A series as a small line, with the rows and dates of its three parts."""

import numpy as np
import pytest

from app.web.forms.experiment import blank_fields
from app.web.views.split_bar import HEIGHT, describe_split, draw_line
from tests import factories


@pytest.fixture
def fields(database):
    with database.write() as session:
        dataset_id = factories.dataset(session, rows=600).id
    return blank_fields() | {"dataset_id": str(dataset_id)}


def test_the_parts_say_their_rows_and_dates(database, fields):
    fields |= {"train": "70", "validation": "20", "test": "10"}

    with database.read() as session:
        bar = describe_split(session, fields)

    assert [(part.name, part.start, part.width) for part in bar.parts] == [
        ("train", 0, 70),
        ("validation", 70, 20),
        ("test", 90, 10),
    ]
    assert bar.parts[1].rows == "120 rows"
    assert bar.parts[1].dates.startswith("20")


@pytest.mark.parametrize("train", ["", "80,5", "90", "nan"])
def test_a_split_that_does_not_add_up_leaves_the_line_alone(database, fields, train):
    with database.read() as session:
        bar = describe_split(session, fields | {"train": train})

    assert bar.parts == ()
    assert bar.line


def test_a_long_line_is_thinned_keeps_its_extremes_and_fills_the_drawing():
    values = np.sin(np.arange(50_000.0))
    values[777] = 9.0

    points = [tuple(map(float, point.split(","))) for point in draw_line(values).split()]

    assert len(points) <= 310
    assert (points[0][0], points[-1][0]) == (0, 100)
    assert min(y for _, y in points) == 3
    assert max(y for _, y in points) == HEIGHT - 3


def test_a_constant_line_is_flat():
    assert draw_line(np.ones(3)) == "0,25 50,25 100,25"
