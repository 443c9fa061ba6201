"""Charts of a series and its split."""

import numpy as np

from app.domain.split import Split
from app.web.charts.series import row_figure, series_figure, split_figure
from tests.app.web.charts.colours import with_real_colours


def test_the_split_is_drawn_as_three_bands_with_their_rows():
    dates = np.datetime64("2020-01-01", "us") + np.arange(50).astype("timedelta64[D]")

    figure = with_real_colours(split_figure(dates, np.arange(50.0), "Close", Split()))

    assert [note.text for note in figure.layout.annotations] == [
        "train<br>40",
        "validation<br>5",
        "test<br>5",
    ]
    assert [shape.x0 for shape in figure.layout.shapes] == [
        "2020-01-01",
        "2020-02-10",
        "2020-02-15",
    ]


def test_filled_values_are_marked_and_gaps_shaded_over_the_parts():
    dates = np.datetime64("2020-01-01", "us") + np.arange(50).astype("timedelta64[D]")
    gaps = dates[[[3, 6]]]

    figure = split_figure(
        dates, np.arange(50.0), "Close", Split(), gaps=gaps, filled_rows=np.array([8, 9])
    )

    assert figure["data"][1]["x"] == ["2020-01-09", "2020-01-10"]
    assert [shape.get("name") for shape in figure["layout"]["shapes"]] == [None] * 3 + ["gap"]


def test_very_many_filled_values_are_thinned():
    dates = np.datetime64("2020-01-01", "us") + np.arange(20_000).astype("timedelta64[h]")
    values = np.sin(np.arange(20_000.0))

    figure = split_figure(dates, values, "Close", Split(), filled_rows=np.arange(20_000))

    assert len(figure["data"][1]["x"]) < 4000


def test_a_columns_name_is_no_markup_for_plotly():
    dates = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
    name = "<a href='https://evil.example'>&" + "x" * 90

    figure = series_figure(dates, np.array([1.0, 2.0]), name)

    title = figure["layout"]["yaxis"]["title"]["text"]
    assert title.startswith("&lt;a href='https://evil.example'&gt;&amp;x")
    assert title.endswith("x…")
    assert figure["data"][0]["name"] == title


def test_a_series_without_dates_is_drawn_by_the_numbers_of_its_rows():
    figure = with_real_colours(row_figure(np.arange(1, 41), np.arange(40.0), "Close"))

    assert list(figure.data[0].x)[:3] == [1, 2, 3]
    assert figure.layout.xaxis.title.text == "row"
