"""Which trials of an experiment tell what mattered, and when it is worked out anew."""

from sqlalchemy import select

from app.db.models import Trial, WarmStartResult
from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from app.services import importance
from tests import factories
from tests.clock import now

SPACE = {
    **factories.TINY,
    "units_1": {"choice": [2, 3, 4]},
    "learning_rate": {"loguniform": [1e-3, 1e-1]},
}
RATES = [0.001 * 1.4**place for place in range(13)]


def searched(session, count: int = 12, state: TrialState = TrialState.COMPLETED, **changes):
    """An experiment in which only the units matter, with so many ended trials."""
    made = factories.experiment(session, **{"space": SPACE, "max_trials": 40, **changes})
    for number in range(1, count + 1):
        units = 2 + number % 3
        trial = factories.completed_trial(
            session, made, number, objective=1.0 + units, units_1=units, learning_rate=RATES[number]
        )
        trial.state = state
    session.flush()
    return made


def trials_of(session, of) -> dict[int, Trial]:
    return {
        trial.number: trial
        for trial in session.scalars(select(Trial).where(Trial.experiment_id == of.id))
    }


def test_completed_stopped_and_pruned_trials_tell_and_others_do_not(database):
    with database.write() as session:
        made = searched(session)
        ended = trials_of(session, made)
        ended[1].state, ended[2].state, ended[3].state = (
            TrialState.PRUNED,
            TrialState.STOPPED,
            TrialState.RUNNING,
        )
        ended[4].state, ended[4].failure_cause = TrialState.FAILED, FailureCause.CRASHED
        made.finished_at = now()
        session.flush()
        assert {point.number for point in importance.telling(session, made).points} == {
            *range(1, 13)
        } - {3, 4}


def test_a_trial_that_diverged_tells_as_one_without_an_objective(database):
    with database.write() as session:
        made = searched(session)
        last = trials_of(session, made)[12]
        last.state, last.failure_cause, last.objective = (
            TrialState.FAILED,
            FailureCause.DIVERGED,
            None,
        )
        session.flush()
        points = importance.telling(session, made).points
        assert {point.number: point.objective for point in points}[12] is None


def test_what_mattered_is_found(database):
    with database.write() as session:
        found = importance.telling(session, searched(session)).found
    assert found.effects[0].name == "units_1"
    assert found.effects[0].best == 2


def test_results_a_search_started_from_count_as_well(database):
    with database.write() as session:
        made = searched(session, count=5)
        rows = [(2 + number % 3, RATES[number]) for number in range(6, 13)]
        for number, (units, rate) in enumerate(rows, start=1):
            parameters = dict(trials_of(session, made)[1].parameters) | {
                "units_1": units,
                "learning_rate": rate,
            }
            row = WarmStartResult(parameters=parameters, objective=1.0 + units, is_pasted=True)
            row.experiment_id, row.number = made.id, number
            session.add(row)
        session.flush()
        found = importance.telling(session, made)
    assert (len(found.points), found.known, found.found.n_trials) == (5, 7, 12)


def test_while_a_search_goes_on_it_is_worked_out_anew_a_tenth_at_a_time(database):
    assert [importance.steady(count) for count in (9, 19, 20, 21, 99, 105, 1234)] == [
        9,
        19,
        20,
        20,
        99,
        100,
        1230 - 1230 % 123,
    ]
    with database.write() as session:
        made = searched(session, count=12)
        going_on = importance.telling(session, made)
        made.finished_at = now()
        ended = importance.telling(session, made)
    assert going_on.found is ended.found  # from the same trials: worked out once


def test_listed_points_are_told_apart_by_what_differs_in_them(database):
    points = [
        {**factories.TINY, "units_1": 2 + number % 3, "time_steps": 4 + number % 2}
        for number in range(12)
    ]
    with database.write() as session:
        made = factories.experiment(
            session, strategy="manual", points=points, space={}, max_trials=12
        )
        for number, point in enumerate(points, start=1):
            factories.completed_trial(
                session, made, number, objective=1.0 + point["units_1"], **point
            )
        session.flush()
        found = importance.telling(session, made)
        following = importance.wider_space(found)
    assert [row.name for row in found.space.searched] == ["units_1", "time_steps"]
    assert found.found.effects[0].name == "units_1"
    assert following["epochs"] == factories.TINY["epochs"]
    assert following["learning_rate"] == factories.TINY["learning_rate"]


def test_before_anything_can_be_told_there_is_no_wider_space(database):
    with database.write() as session:
        assert (
            importance.wider_space(importance.telling(session, searched(session, count=3))) is None
        )
