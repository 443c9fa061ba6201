"""The steps of a reduction in words."""

from dataclasses import replace

from app.domain.reduction.steps import Reduction, ReductionState
from app.queue import reduction
from app.web.views.reduction_text import describe_reduction, step_text
from tests import factories
from tests.app.web.reduction_examples import (
    CUT,
    RANGE_CUT,
    REDUCED,
    STEP_WITHOUT_CUT,
    state_after,
)


def test_a_cut_says_what_was_dropped_on_which_evidence_and_what_is_left():
    assert step_text(CUT, REDUCED) == [
        "After 10 trials: units_1 = 8 dropped.",
        "Spearman 0.62 (p = 0.0032, 20 trials).",
        "Median objective 1.310 in 6 trials with it,",
        "0.9200 in 14 without.",
        "81 combinations became 54.",
    ]


def test_a_third_of_a_range_is_named_by_its_ends():
    sentences = step_text(RANGE_CUT, REDUCED)

    assert sentences[0] == "After 30 trials: learning_rate from 1e-05 to 0.0001 dropped."
    assert sentences[1] == "Kendall 0.62 (p < 0.0001, 20 trials)."


def test_a_step_that_dropped_nothing_says_what_was_missing():
    text = " ".join(step_text(STEP_WITHOUT_CUT, REDUCED))

    assert "nothing was dropped. Strongest was Spearman 0.12" in text
    assert text.endswith("for units_1 = 8; 0.3 is needed.")


def test_a_step_without_evidence_says_that_too_few_trials_share_a_value():
    step = replace(STEP_WITHOUT_CUT, evidence=None, n_considered=1)

    (sentence,) = step_text(step, REDUCED)

    assert sentence.endswith("too few of the last 1 trial share a value, or they are all alike.")


def test_what_is_left_of_a_continuous_space_is_said_in_per_cent():
    first = replace(CUT, size_before=None, size_after=None)
    last = replace(RANGE_CUT, size_before=None, size_after=None)

    sentences = step_text(last, REDUCED)
    summary = describe_reduction(state_after(first, last)).summary

    assert sentences[-1] == "About 44.4 % of the space is left."
    assert summary.endswith("about 44.4 % of the search space is left.")


def test_cuts_are_listed_newest_first():
    text = describe_reduction(REDUCED)

    assert text.summary == "3 steps, 2 cuts: 36 of 81 combinations are left (44.4 %)."
    assert [cut[0][:15] for cut in text.cuts] == ["After 30 trials", "After 10 trials"]


def test_a_step_without_a_cut_is_described_only_where_it_came_last():
    came_last = describe_reduction(state_after(CUT, STEP_WITHOUT_CUT))

    assert came_last.quiet[0] == "After 20 trials nothing was dropped."
    assert describe_reduction(REDUCED).quiet == []


def test_before_the_first_step_the_summary_says_when_it_comes():
    text = describe_reduction(ReductionState(Reduction(interval=7)))

    assert text.summary == "The first step comes after 7 trials."


def test_the_page_of_a_reduction_shows_the_steps_the_chart_and_the_options(client, database):
    with database.write() as session:
        experiment = factories.experiment(session, strategy="reduction", reduction_interval=10)
        experiment_id = experiment.id
        reduction.record(session, experiment_id, [CUT])

    page = client.get(f"/experiments/{experiment_id}").text
    tab = client.get(f"/experiments/{experiment_id}/tabs/shrinking").text
    figure = client.get(f"/experiments/{experiment_id}/charts/reduction").json()

    assert "After 10 trials: units_1 = 8 dropped." in tab
    assert f"/experiments/{experiment_id}/charts/reduction" in tab
    assert "spearman, every 10 trials, over all of them, from a coefficient of 0.3" in page
    assert "81 combinations became 54." in tab
    assert figure["data"][0]["y"] == [3, 54, 54]


def test_the_page_of_another_strategy_has_no_such_chart(client, database):
    with database.write() as session:
        experiment_id = factories.experiment(session).id

    answer = client.get(f"/experiments/{experiment_id}/charts/reduction")

    assert answer.status_code == 404
