"""Which trials are compared, and which epochs count for them."""

import pytest

from app.db.models import Epoch
from app.domain.terms import TrialState
from app.services import comparison
from tests import factories

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}
OBJECTIVES = (3.0, 1.0, 2.0, 5.0, 4.0, 6.0, 7.0, 8.0)


def run_search(session, objectives=OBJECTIVES):
    experiment = factories.experiment(session, max_trials=20, space=WIDE)
    for number, objective in enumerate(objectives, start=1):
        factories.completed_trial(session, experiment, number, objective, units_1=number + 1)
    session.flush()
    return experiment


def compare(session, *requested):
    """The numbers of the compared trials, and the problem."""
    compared = comparison.compare(session, run_search(session), requested)
    return [trial.number for trial in compared.trials], compared.problem


@pytest.mark.parametrize(
    "requested", [("5,2, 9",), ("5", "2", "9"), ("5;2", "9"), (" 5\t2  9, 2",)]
)
def test_trials_are_requested_by_number_in_any_way_of_writing(database, requested):
    with database.write() as session:
        assert compare(session, *requested) == ([5, 2], "This experiment has no trial 9.")


@pytest.mark.parametrize("requested", [(), ("",), (" ", "")])
def test_without_numbers_the_best_are_compared(database, requested):
    with database.write() as session:
        assert compare(session, *requested) == ([2, 3, 1, 5], "")


@pytest.mark.parametrize(
    "requested", ["two", "2.5", "-1", "1e3", "²", "99999999999999999999", "2, <b>"]
)
def test_what_is_no_number_is_refused(database, requested):
    with database.write() as session:
        numbers, problem = compare(session, requested)

    assert numbers == []
    assert problem.endswith("is no number of a trial. Write for example: 2, 5, 9")


def test_of_too_many_the_first_are_shown(database):
    with database.write() as session:
        numbers, problem = compare(session, "8 7 6 5 4 3 2 1")

    assert numbers == [8, 7, 6, 5, 4, 3]
    assert problem == "Of 8 trials the first 6 are shown."


def test_a_search_without_an_evaluated_trial_has_nothing_to_compare(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        factories.trial(session, experiment).state = TrialState.RUNNING

        assert comparison.compare(session, experiment, []) == comparison.Comparison(())


def test_of_a_training_that_went_further_only_the_epochs_of_the_trial_count(database):
    with database.write() as session:
        experiment = run_search(session, [2.0])
        (trial,) = comparison.compare(session, experiment, ["1"]).trials
        further = Epoch(
            training_id=trial.training_id,
            number=4,
            train_loss=0.1,
            val_loss=0.1,
            objective=0.5,
            seconds=9.0,
        )
        session.add(further)
        session.flush()

        epochs = comparison.curves(session, [trial])[trial.id]

        assert [epoch.number for epoch in epochs] == [1, 2, 3]
        assert 0 < sum(epoch.seconds for epoch in epochs) < 9
