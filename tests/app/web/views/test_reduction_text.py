"""Reduction on the page of an experiment: the steps in words, and the chart of what is left."""

import json
from dataclasses import replace

import pytest

from app.domain.reduction.steps import Evidence, Reduction, ReductionState, ReductionStep
from app.queue import reduction
from app.web.charts.reduction import reduction_figure, reduction_numbers
from app.web.views.reduction_text import step_text, story
from tests import factories

EVIDENCE = Evidence("units_1", (8,), (16, 32), 0.6213, 0.00321, 6, 14, 1.31, 0.92)
RANGE = replace(
    EVIDENCE, parameter="learning_rate", dropped=(1e-5, 1e-4), kept=(1e-4, 0.1), p_value=1e-7
)
CUT = ReductionStep(1, 10, 10, "spearman", EVIDENCE, True, 81, 54, 2 / 3)
QUIET = ReductionStep(
    2, 20, 18, "spearman", replace(EVIDENCE, coefficient=0.12), False, 54, 54, 2 / 3
)
THIRD = ReductionStep(3, 30, 20, "kendall", RANGE, True, 54, 36, 4 / 9)
REDUCED = ReductionState(Reduction(), (CUT, QUIET, THIRD))


def test_a_cut_says_what_was_dropped_on_which_evidence_and_what_is_left():
    assert step_text(CUT, REDUCED) == [
        "After 10 trials: units_1 = 8 dropped.",
        "Spearman 0.62 (p = 0.0032, 20 trials).",
        "Median objective 1.310 in 6 trials with it,",
        "0.9200 in 14 without.",
        "81 combinations became 54.",
    ]


def test_a_third_of_a_range_is_said_by_its_ends():
    found = step_text(THIRD, REDUCED)
    assert found[0] == "After 30 trials: learning_rate from 1e-05 to 0.0001 dropped."
    assert found[1] == "Kendall 0.62 (p < 0.0001, 20 trials)."


def test_a_look_that_dropped_nothing_says_what_was_missing():
    found = " ".join(step_text(QUIET, REDUCED))
    assert "nothing was dropped. Strongest was Spearman 0.12" in found
    assert found.endswith("for units_1 = 8; 0.3 is needed.")
    (alone,) = step_text(replace(QUIET, evidence=None, n_considered=1), REDUCED)
    assert alone.endswith("too few of the last 1 trial share a value, or they are all alike.")


def test_endless_spaces_are_said_in_shares():
    endless = replace(THIRD, size_before=None, size_after=None)
    assert step_text(endless, REDUCED)[-1] == "About 44.4 % of the space is left."
    first = replace(CUT, size_before=None, size_after=None)
    assert story(ReductionState(Reduction(), (first, endless))).summary.endswith(
        "about 44.4 % of the search space is left."
    )


def test_the_story_lists_cuts_newest_first_and_a_quiet_look_only_where_it_came_last():
    found = story(REDUCED)
    assert found.summary == "3 steps, 2 cuts: 36 of 81 combinations are left (44.4 %)."
    assert [sentences[0][:15] for sentences in found.cuts] == ["After 30 trials", "After 10 trials"]
    assert found.quiet == []
    assert (
        story(ReductionState(Reduction(), (CUT, QUIET))).quiet[0]
        == "After 20 trials nothing was dropped."
    )


def test_before_the_first_look_the_story_says_when_it_comes():
    assert (
        story(ReductionState(Reduction(interval=7))).summary
        == "The first step comes after 7 trials."
    )


def test_the_chart_steps_down_where_something_was_dropped():
    numbers = reduction_numbers(REDUCED, 81, 34)
    assert numbers["at"] == [0, 10, 20, 30, 34]
    assert numbers["left"] == [81, 54, 54, 36, 36]


@pytest.mark.parametrize("size", [None, 10**400])
def test_a_space_that_cannot_be_counted_is_drawn_in_per_cent(size):
    numbers = reduction_numbers(REDUCED, size, 10)
    assert numbers["left"] == pytest.approx([100, 66.67, 66.67, 44.44, 44.44], abs=0.01)
    assert numbers["at"][-1] == 30


def test_a_search_without_looks_has_a_level_line():
    numbers = reduction_numbers(ReductionState(), 81, 4)
    assert (numbers["at"], numbers["left"]) == ([0, 4], [81, 81])


def test_cuts_and_looks_without_one_have_marks_of_their_own_that_say_the_evidence():
    figure = reduction_figure(REDUCED, 81, 34)
    json.dumps(figure, allow_nan=False)
    line, cuts, quiet = figure["data"]
    assert (cuts["name"], cuts["x"], cuts["y"]) == ("cut", [10, 30], [54, 36])
    assert (quiet["name"], quiet["x"]) == ("step without a cut", [20])
    assert cuts["customdata"][0].startswith(
        "After 10 trials: units_1 = 8 dropped.<br>Spearman 0.62 (p = 0.0032"
    )
    assert line["hoverinfo"] == "skip"


def test_hostile_values_stay_text_in_the_chart():
    hostile = replace(CUT, evidence=replace(EVIDENCE, dropped=("<a href=//x>y</a>",)))
    assert (
        "<a"
        not in reduction_figure(ReductionState(Reduction(), (hostile,)), 81, 10)["data"][1][
            "customdata"
        ][0]
    )


def test_a_space_that_shrank_a_lot_is_drawn_on_a_logarithmic_scale():
    small = replace(CUT, size_before=5000, size_after=40)
    assert (
        reduction_figure(ReductionState(Reduction(), (small,)), 5000, 10)["layout"]["yaxis"]["type"]
        == "log"
    )
    assert "type" not in reduction_figure(REDUCED, 81, 34)["layout"]["yaxis"]


def test_the_page_of_a_reduction_shows_the_looks_the_chart_and_the_options(client, database):
    with database.write() as session:
        made = factories.experiment(session, strategy="reduction", reduction_interval=10).id
        reduction.record(session, made, [CUT])
    page = client.get(f"/experiments/{made}").text
    assert "After 10 trials: units_1 = 8 dropped." in page
    assert f"/experiments/{made}/charts/reduction" in page
    assert "spearman, every 10 trials, over all of them, from a coefficient of 0.3" in page
    assert "81 combinations became 54." in client.get(f"/experiments/{made}/live").text
    drawn = client.get(f"/experiments/{made}/charts/reduction").json()
    assert drawn["data"][0]["y"] == [3, 54, 54]


def test_another_strategy_has_neither_the_chart_nor_its_place(client, database):
    with database.write() as session:
        made = factories.experiment(session).id
    assert "charts/reduction" not in client.get(f"/experiments/{made}").text
    assert client.get(f"/experiments/{made}/charts/reduction").status_code == 404
