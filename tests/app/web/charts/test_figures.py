"""The parts of Plotly figures."""

from app.web.charts import figures


def test_labels_are_escaped_and_shortened_because_plotly_reads_tags_in_them():
    label = figures.escape_label("<a href='https://evil.example'>&" + "x" * 90)

    assert label.startswith("&lt;a href='https://evil.example'&gt;&amp;x")
    assert label.endswith("x…")


def test_a_short_line_gets_dots_only_where_they_are_asked_for():
    with_dots = figures.line_trace([1, 2], [3, 4], "line", "ink", with_dots=True)
    without_dots = figures.line_trace([1, 2], [3, 4], "line", "ink")

    assert with_dots["mode"] == "lines+markers"
    assert without_dots["mode"] == "lines"


def test_a_marker_is_copied_so_that_changing_one_trace_leaves_the_next_alone():
    marker = {"size": 8}

    trace = figures.marker_trace([1], [2], "marks", marker, "%{x}")
    trace["marker"]["size"] = 5

    assert marker == {"size": 8}
