"""What an experiment comes to: whether its second half still lowered the best."""

from app.domain.terms import TrialState
from app.services import experiments, summaries
from tests import factories


def trend_of(session, objectives, **changes):
    made = factories.experiment(
        session, max_trials=100, space={**factories.TINY, "units_1": {"integer": [2, 99]}}
    )
    for number, objective in enumerate(objectives, start=1):
        trial = factories.completed_trial(
            session, made, number, objective=objective, units_1=number + 1
        )
        trial.state = changes.get("state", TrialState.COMPLETED)
        if number <= changes.get("without_objective", 0):
            trial.objective = None
    made.exhausted = changes.get("exhausted", False)
    session.flush()
    return summaries.trend(session, experiments.overview(session, made))


def test_the_second_half_is_compared_with_the_first(database):
    with database.write() as session:
        found = trend_of(session, [5.0, 4.0, 6.0, 7.0, 3.0, 8.0, 3.5, 9.0])
    assert (found.first, found.last, found.before, found.after) == (5, 8, 4.0, 3.0)
    assert found.seconds is not None


def test_a_second_half_may_bring_nothing(database):
    with database.write() as session:
        found = trend_of(session, [2.0, *range(3, 12)])
    assert (found.before, found.after) == (2.0, 2.0)


def test_where_nothing_else_can_be_tried_no_time_is_named(database):
    with database.write() as session:
        assert trend_of(session, range(1, 9), exhausted=True).seconds is None


def test_few_trials_or_a_first_half_without_a_judged_one_have_no_trend(database):
    with database.write() as session:
        assert trend_of(session, range(1, 8)) is None
    with database.write() as session:
        assert trend_of(session, range(1, 9), without_objective=4) is None


def test_a_pruned_trial_counts_in_the_trend_as_it_can_be_the_best(database):
    with database.write() as session:
        found = trend_of(session, range(1, 9), state=TrialState.PRUNED)
    assert (found.before, found.after) == (1.0, 1.0)
