"""What a search started from, and what is stored of it."""

from collections import Counter

from app.db.models import Experiment, Trial, WarmStartResult
from app.domain.terms import TrialState
from app.queue.warm_start import load_results
from app.services import experiments, warm_start
from tests import factories
from tests.app.services.earlier import CSV, SPACE, earlier_experiment


def test_finished_trials_and_pasted_lines_are_stored_before_the_first_trial(database):
    with database.write() as session:
        earlier = earlier_experiment(session)

        experiment = factories.experiment(
            session, space=SPACE, start_from=[earlier.id], pasted_results=CSV
        )

        results = load_results(session, experiment.id)
        assert [(result.parameters["units_1"], result.objective) for result in results] == [
            (2, 1.0),
            (3, 2.0),
            (5, 2.5),
            (6, 1.5),
        ]
        assert all(result.parameters["epochs"] == 2 for result in results)
        start = warm_start.summarise(session, experiment)
        assert start == warm_start.WarmStart({earlier.id: 2}, 2, 1)
        assert start.text == (
            "Warm start from 2 trials of experiment 1 and 2 pasted results. "
            "1 more lies outside its search space or failed: not counted."
        )
        assert experiment.pasted_results == CSV.strip()


def test_a_search_that_starts_from_nothing_says_nothing(database):
    with database.write() as session:
        experiment = factories.experiment(session)

        start = warm_start.summarise(session, experiment)

    assert start.text == ""
    assert start.count == 0


def test_results_stay_when_the_experiment_they_came_from_is_deleted(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        experiment = factories.experiment(session, space=SPACE, start_from=[earlier.id])

        experiments.delete(session, earlier)

        session.expire_all()
        assert len(load_results(session, experiment.id)) == 2
        text = warm_start.summarise(session, experiment).text
        assert text == "Warm start from 2 trials of an experiment deleted since."


def test_results_are_deleted_with_the_search_that_started_from_them(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        experiment = factories.experiment(session, space=SPACE, start_from=[earlier.id])

        experiments.delete(session, experiment)

        assert session.query(WarmStartResult).count() == 0


def test_a_narrower_space_counts_the_trials_inside_it(database):
    with database.write() as session:
        earlier = earlier_experiment(session, trials=4)
        narrow = {**SPACE, "units_1": {"choice": [4, 5, 6]}}

        experiment = factories.experiment(session, space=narrow, start_from=[earlier.id])

        start = warm_start.summarise(session, experiment)
        assert start == warm_start.WarmStart({earlier.id: 2}, 0, 2)


def test_two_experiments_are_each_counted_once(database):
    with database.write() as session:
        first = earlier_experiment(session)
        second = earlier_experiment(session, trials=3)

        experiment = factories.experiment(
            session, space=SPACE, start_from=[first.id, second.id, first.id]
        )

        start = warm_start.summarise(session, experiment)
        assert start.trials == {first.id: 2, second.id: 3}


def test_a_trial_without_a_result_does_not_count(database):
    with database.write() as session:
        earlier = earlier_experiment(session)
        factories.trial(session, earlier, 4, units_1=5).state = TrialState.RUNNING
        session.flush()

        experiment = factories.experiment(session, space=SPACE, start_from=[earlier.id])

        assert warm_start.summarise(session, experiment).count == 2
        assert Counter(session.query(Trial.experiment_id)) == {(earlier.id,): 4}
        assert session.get(Experiment, experiment.id).max_trials == 3
