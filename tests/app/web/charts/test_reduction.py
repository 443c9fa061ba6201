"""The chart of a search space that shrinks."""

import json
from dataclasses import replace

import pytest

from app.domain.reduction.steps import ReductionState
from app.web.charts.reduction import reduction_figure, reduction_numbers
from tests.app.web.reduction_examples import CUT, EVIDENCE, REDUCED, state_after


def test_the_chart_steps_down_where_something_was_dropped():
    numbers = reduction_numbers(REDUCED, 81, 34)

    assert numbers.n_trials == [0, 10, 20, 30, 34]
    assert numbers.left == [81, 54, 54, 36, 36]


@pytest.mark.parametrize("size", [None, 10**400])
def test_a_space_that_cannot_be_counted_is_drawn_in_per_cent(size):
    numbers = reduction_numbers(REDUCED, size, 10)

    assert numbers.left == pytest.approx([100, 66.67, 66.67, 44.44, 44.44], abs=0.01)
    assert numbers.n_trials[-1] == 30


def test_a_search_without_steps_has_a_level_line():
    numbers = reduction_numbers(ReductionState(), 81, 4)

    assert numbers.n_trials == [0, 4]
    assert numbers.left == [81, 81]


def test_cuts_and_steps_without_one_have_different_marks_that_show_the_evidence():
    figure = reduction_figure(REDUCED, 81, 34)

    json.dumps(figure, allow_nan=False)
    line, cuts, others = figure["data"]
    assert (cuts["name"], cuts["x"], cuts["y"]) == ("cut", [10, 30], [54, 36])
    assert (others["name"], others["x"]) == ("step without a cut", [20])
    assert cuts["customdata"][0].startswith(
        "After 10 trials: units_1 = 8 dropped.<br>Spearman 0.62 (p = 0.0032"
    )
    assert line["hoverinfo"] == "skip"


def test_hostile_values_stay_text_in_the_chart():
    hostile = replace(CUT, evidence=replace(EVIDENCE, dropped=("<a href=//x>y</a>",)))

    figure = reduction_figure(state_after(hostile), 81, 10)

    _, cuts = figure["data"]
    assert "<a" not in cuts["customdata"][0]


def test_a_space_that_shrank_a_lot_is_drawn_on_a_logarithmic_scale():
    large_cut = replace(CUT, size_before=5000, size_after=40)

    shrunk_a_lot = reduction_figure(state_after(large_cut), 5000, 10)
    shrunk_a_little = reduction_figure(REDUCED, 81, 34)

    assert shrunk_a_lot["layout"]["yaxis"]["type"] == "log"
    assert "type" not in shrunk_a_little["layout"]["yaxis"]
