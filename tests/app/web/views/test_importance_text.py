"""Hyperparameter importance in words."""

from dataclasses import replace

from app.domain.terms import TrialState
from app.web.views.importance_text import describe_importance, equally_good_text
from tests.app.web.importance_examples import find_effect, make_report, with_trial


def test_the_summary_names_what_accounts_for_most():
    text = describe_importance(make_report())

    assert text.summary.startswith("units_1 accounts for ")
    assert ", cell " in text.summary
    assert text.basis == "From 30 trials."


def test_a_hint_names_the_hyperparameters_that_hardly_matter():
    hints = " ".join(describe_importance(make_report()).hints)

    assert "Hardly any difference: learning_rate." in hints
    assert "cell" not in hints


def test_a_best_value_at_an_end_of_the_range_is_a_hint_to_go_beyond_it():
    report = make_report(objective_of=lambda units, cell: 9.0 - units / 10)

    hints = " ".join(describe_importance(report).hints)

    assert "units_1 is best at 40, the upper end of what was searched: try higher values." in hints


def test_few_trials_are_said_to_be_few():
    hints = describe_importance(make_report(12)).hints

    assert "12 trials are few: read this as a hint." in hints
    assert not any("Hardly" in hint for hint in hints)


def test_with_too_few_trials_the_summary_says_how_many_it_takes():
    text = describe_importance(make_report(1))

    assert text.summary == (
        "1 trial with a result so far: from 10 on, this page shows which hyperparameters matter."
    )
    assert text.hints == ()


def test_trials_that_are_all_alike_are_said_to_be():
    report = make_report(20, lambda units, cell: 3.0)

    summary = describe_importance(report).summary

    assert summary.startswith("All trials came out alike")


def test_how_many_of_the_trials_the_charts_show_is_said():
    report = make_report(30)
    many = replace(report, points=report.points * 40)

    assert describe_importance(report).marks == "Every trial"
    assert describe_importance(many).marks == "500 of 1,200 trials, the best among them,"


def test_pruned_and_diverged_trials_and_earlier_results_are_counted():
    report = make_report(known=4)
    report = with_trial(report, 3, state=TrialState.PRUNED)
    report = with_trial(report, 4, state=TrialState.FAILED, objective=None)

    basis = describe_importance(report).basis

    assert basis.startswith(
        "From 30 of 34 trials, evenly chosen, 4 of them results it started from, "
    )
    assert basis.endswith("1 pruned one with what it had reached, 1 that diverged as the worst.")


def test_values_as_good_as_the_best_are_written_as_a_range_or_one_by_one():
    report = make_report(objective_of=lambda units, cell: max(units, 20) / 10 + (cell == "lstm"))

    low, high = equally_good_text(find_effect(report, "units_1")).split(" to ")

    assert int(low) <= 12 < int(high) < 25
    assert equally_good_text(find_effect(report, "learning_rate")) == "all alike"
    assert equally_good_text(find_effect(report, "cell")) == ""
