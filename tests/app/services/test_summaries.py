"""What an experiment amounts to: whether its second half still lowered the best."""

from app.domain.terms import TrialState
from app.services import overviews, summaries, trials
from tests import factories


def search_with(
    session, objectives, *, state=TrialState.COMPLETED, without_objective=0, exhausted=False
):
    """An experiment with a trial for each objective; the first ones may have none."""
    space = {**factories.TINY, "units_1": {"integer": [2, 99]}}
    experiment = factories.experiment(session, max_trials=100, space=space)
    for number, objective in enumerate(objectives, start=1):
        trial = factories.completed_trial(
            session, experiment, number, objective, units_1=number + 1
        )
        trial.state = state
        if number <= without_objective:
            trial.objective = None
    experiment.exhausted = exhausted
    session.flush()
    return experiment


def trend_of(session, experiment):
    return summaries.trend(session, overviews.build(session, experiment))


def test_the_second_half_is_compared_with_the_first(database):
    with database.write() as session:
        experiment = search_with(session, [5.0, 4.0, 6.0, 7.0, 3.0, 8.0, 3.5, 9.0])

        trend = trend_of(session, experiment)

    assert (trend.first, trend.last) == (5, 8)
    assert (trend.before, trend.after) == (4.0, 3.0)
    assert trend.seconds is not None


def test_the_halves_are_those_of_the_trials_that_began(database):
    with database.write() as session:
        experiment = search_with(session, [5.0, 4.0, 6.0, 7.0, 8.0, 3.0, 8.0, 3.5, 9.0])
        experiment.max_trials = 500
        trials.find(session, experiment.id, 3).started_at = None
        trials.find(session, experiment.id, 3).state = TrialState.WITHDRAWN
        trials.find(session, experiment.id, 3).objective = None
        for number in range(10, 200):
            trial = factories.trial(session, experiment, number, units_1=99)
            trial.state = TrialState.WITHDRAWN
        session.flush()

        trend = trend_of(session, experiment)

    assert (trend.first, trend.last) == (6, 9)
    assert (trend.before, trend.after) == (4.0, 3.0)


def test_trials_that_never_began_make_no_trend(database):
    with database.write() as session:
        experiment = search_with(session, [5.0, 4.0])
        for number in range(3, 200):
            trial = factories.trial(session, experiment, number, units_1=99)
            trial.state = TrialState.WITHDRAWN
        session.flush()

        assert trend_of(session, experiment) is None


def test_a_second_half_may_bring_nothing(database):
    with database.write() as session:
        trend = trend_of(session, search_with(session, [2.0, *range(3, 12)]))

    assert (trend.before, trend.after) == (2.0, 2.0)


def test_where_nothing_else_can_be_tried_no_time_is_named(database):
    with database.write() as session:
        trend = trend_of(session, search_with(session, range(1, 9), exhausted=True))

    assert trend.seconds is None


def test_few_trials_have_no_trend(database):
    with database.write() as session:
        assert trend_of(session, search_with(session, range(1, 8))) is None


def test_a_first_half_without_an_evaluated_trial_has_no_trend(database):
    with database.write() as session:
        experiment = search_with(session, range(1, 9), without_objective=4)

        assert trend_of(session, experiment) is None


def test_a_pruned_trial_counts_in_the_trend_as_it_can_be_the_best(database):
    with database.write() as session:
        experiment = search_with(session, range(1, 9), state=TrialState.PRUNED)

        trend = trend_of(session, experiment)

    assert (trend.before, trend.after) == (1.0, 1.0)
