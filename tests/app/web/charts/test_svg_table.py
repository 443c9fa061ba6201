"""The numbers of a figure as a table: a row for each place, a column for each trace."""

from app.web.charts import figures
from app.web.charts.svg_table import MISSING, draw_table, tabulate_figure


def test_traces_stand_side_by_side_and_levels_and_steps_in_every_row():
    steps = figures.line_trace([1, 3], [5.0, 4.0], "best so far", "chart-4")
    steps["line"]["shape"] = "hv"
    level = figures.baseline_trace(1, 9, 7.5)
    done = figures.marker_trace([1, 2, 3], [5.0, 6.0, 4.0], "completed", {}, "")
    failed = figures.marker_trace([4], [0.97], "failed", {}, "") | {"yaxis": "y2"}
    band = figures.band_traces([1, 2], [1.0, 2.0], [3.0, 4.0], 0.8)
    layout = figures.counting_layout("trial", "RMSE", 4)

    table = tabulate_figure({"data": [steps, level, done, failed, *band], "layout": layout})

    assert table.titles == (
        *("trial", "best so far", "naive (last value)", "completed", "failed"),
        *("80 % band, lower", "80 % band, upper"),
    )
    assert table.rows == [
        (1, 5.0, 7.5, 5.0, None, 1.0, 3.0),
        (2, 5.0, 7.5, 6.0, None, 2.0, 4.0),
        (3, 4.0, 7.5, 4.0, None, None, None),
        (4, 4.0, 7.5, None, "yes", None, None),
    ]


def test_the_table_has_heads_a_caption_and_an_end():
    x = list(range(1, 1_202))
    trace = figures.line_trace(x, [0.123456789, None] * 600 + [1.0], "<i>a</i>", "chart-1")
    figure = {"data": [trace], "layout": figures.time_layout("Close")}

    text = str(draw_table(figure, "A & B"))

    assert "<caption>A &amp; B: the first 1,000 of 1,201 rows</caption>" in text
    assert '<th scope="col">date</th><th scope="col">&lt;i&gt;a&lt;/i&gt;</th>' in text
    assert '<tr><th scope="row">1</th><td>0.123457</td></tr>' in text
    assert f'<tr><th scope="row">2</th><td>{MISSING}</td></tr>' in text
    assert text.count("<tr>") == 1_001
