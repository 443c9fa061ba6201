"""From which trials importance is estimated, and when it is estimated anew."""

import pytest
from sqlalchemy import select

from app.db.models import Trial, WarmStartResult
from app.domain.failure_causes import FailureCause
from app.domain.importance.objective_model import thin_evenly
from app.domain.terms import TrialState
from app.services import importance
from tests import factories
from tests.clock import now

SPACE = {
    **factories.TINY,
    "units_1": {"choice": [2, 3, 4]},
    "learning_rate": {"loguniform": [1e-3, 1e-1]},
}
RATES = [0.001 * 1.4**exponent for exponent in range(13)]


def run_search(session, count: int = 12, **changes):
    """An experiment in which only the units matter, with so many completed trials."""
    experiment = factories.experiment(session, **{"space": SPACE, "max_trials": 40, **changes})
    for number in range(1, count + 1):
        units = 2 + number % 3
        factories.completed_trial(
            session,
            experiment,
            number,
            objective=1.0 + units,
            units_1=units,
            learning_rate=RATES[number],
        )
    session.flush()
    return experiment


def trials_by_number(session, experiment) -> dict[int, Trial]:
    query = select(Trial).where(Trial.experiment_id == experiment.id)
    return {trial.number: trial for trial in session.scalars(query)}


def test_evaluated_trials_count_in_every_state_and_others_do_not(database):
    with database.write() as session:
        experiment = run_search(session)
        trials = trials_by_number(session, experiment)
        trials[1].state = TrialState.PRUNED
        trials[2].state = TrialState.STOPPED
        trials[3].state = TrialState.RUNNING
        trials[4].state = TrialState.FAILED
        trials[4].failure_cause = FailureCause.CRASHED
        trials[5].state = TrialState.FAILED
        trials[5].failure_cause = FailureCause.CRASHED
        trials[5].objective = None
        experiment.finished_at = now()
        session.flush()

        report = importance.analyse(session, experiment)

    numbers = {point.number for point in report.points}
    assert numbers == {*range(1, 13)} - {5}


def test_a_trial_that_diverged_counts_as_one_without_an_objective(database):
    with database.write() as session:
        experiment = run_search(session)
        last = trials_by_number(session, experiment)[12]
        last.state = TrialState.FAILED
        last.failure_cause = FailureCause.DIVERGED
        last.objective = None
        session.flush()

        report = importance.analyse(session, experiment)

    objectives = {point.number: point.objective for point in report.points}
    assert objectives[12] is None


def test_the_hyperparameter_that_matters_is_the_most_important(database):
    with database.write() as session:
        report = importance.analyse(session, run_search(session))

    effect = report.importance.effects[0]
    assert effect.name == "units_1"
    assert effect.best == 2


def test_results_a_search_started_from_count_as_well(database):
    with database.write() as session:
        experiment = run_search(session, count=5)
        usual = trials_by_number(session, experiment)[1].parameters
        for number in range(6, 13):
            units = 2 + number % 3
            row = WarmStartResult(
                experiment_id=experiment.id,
                number=number - 5,
                parameters={**usual, "units_1": units, "learning_rate": RATES[number]},
                objective=1.0 + units,
                is_pasted=True,
            )
            session.add(row)
        session.flush()

        report = importance.analyse(session, experiment)

    assert len(report.points) == 5
    assert report.n_earlier_results == 7
    assert report.importance.n_trials == 12


@pytest.mark.parametrize(
    ("count", "used"),
    [(9, 9), (19, 19), (20, 20), (21, 20), (99, 99), (105, 100), (1234, 1230 - 1230 % 123)],
)
def test_the_number_of_trials_that_are_used_grows_by_a_tenth_at_a_time(count, used):
    assert importance.round_down(count) == used


def test_from_the_same_trials_importance_is_estimated_once(database):
    with database.write() as session:
        experiment = run_search(session, count=12)

        while_running = importance.analyse(session, experiment)
        experiment.finished_at = now()
        at_the_end = importance.analyse(session, experiment)

    assert while_running.importance is at_the_end.importance


def test_listed_points_are_told_apart_by_what_differs_in_them(database):
    points = [
        {**factories.TINY, "units_1": 2 + number % 3, "time_steps": 4 + number % 2}
        for number in range(12)
    ]
    with database.write() as session:
        experiment = factories.experiment(
            session, strategy="manual", points=points, space={}, max_trials=12
        )
        for number, point in enumerate(points, start=1):
            factories.completed_trial(
                session, experiment, number, objective=1.0 + point["units_1"], **point
            )
        session.flush()

        report = importance.analyse(session, experiment)
        wider = importance.wider_space(report)

    assert [dimension.name for dimension in report.space.searched] == ["units_1", "time_steps"]
    assert report.importance.effects[0].name == "units_1"
    assert wider["epochs"] == factories.TINY["epochs"]
    assert wider["learning_rate"] == factories.TINY["learning_rate"]


def test_before_anything_can_be_told_there_is_no_wider_space(database):
    with database.write() as session:
        report = importance.analyse(session, run_search(session, count=3))

    assert importance.wider_space(report) is None


def test_of_many_trials_only_those_that_are_modelled_or_drawn_are_read(database, monkeypatch):
    monkeypatch.setattr(importance, "MAX_MODELLED_TRIALS", 6)
    monkeypatch.setattr(importance, "MAX_MARKS", 4)

    with database.write() as session:
        report = importance.analyse(session, run_search(session))

    objectives = [point.objective for point in report.points]
    needed = {*thin_evenly(objectives, 6), *thin_evenly(objectives, 4)}
    read = {index for index, point in enumerate(report.points) if point.parameters}
    assert read == needed
    assert len(report.points) == 12
    assert len(read) < 12
