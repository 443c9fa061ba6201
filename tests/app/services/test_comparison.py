"""Which trials are compared, and what is known of them."""

import pytest

from app.db.models import Epoch
from app.domain.terms import TrialState
from app.services import comparison
from tests import factories

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def searched(session, objectives=(3.0, 1.0, 2.0, 5.0, 4.0, 6.0, 7.0, 8.0)):
    made = factories.experiment(session, max_trials=20, space=WIDE)
    for number, objective in enumerate(objectives, start=1):
        factories.completed_trial(session, made, number, objective, units_1=number + 1)
    session.flush()
    return made


def compared(session, *asked):
    found = comparison.compare(session, searched(session), asked)
    return [trial.number for trial in found.trials], found.problem


@pytest.mark.parametrize("asked", [("5,2, 9",), ("5", "2", "9"), ("5;2", "9"), (" 5\t2  9, 2",)])
def test_trials_are_asked_for_by_number_in_any_way_of_writing(database, asked):
    with database.write() as session:
        assert compared(session, *asked) == ([5, 2], "This experiment has no trial 9.")


@pytest.mark.parametrize("asked", [(), ("",), (" ", "")])
def test_without_numbers_the_best_are_compared(database, asked):
    with database.write() as session:
        assert compared(session, *asked) == ([2, 3, 1, 5], "")


@pytest.mark.parametrize(
    "asked", ["two", "2.5", "-1", "1e3", "²", "99999999999999999999", "2, <b>"]
)
def test_what_is_no_number_is_said(database, asked):
    with database.write() as session:
        numbers, problem = compared(session, asked)
    assert numbers == []
    assert problem.endswith("is no number of a trial. Write for example: 2, 5, 9")


def test_of_too_many_the_first_are_shown(database):
    with database.write() as session:
        numbers, problem = compared(session, "8 7 6 5 4 3 2 1")
    assert numbers == [8, 7, 6, 5, 4, 3]
    assert problem == "Of 8 trials the first 6 are shown."


def test_a_search_without_a_judged_trial_has_nothing_to_compare(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.trial(session, made).state = TrialState.RUNNING
        assert comparison.compare(session, made, []) == comparison.Comparison(())


def test_a_trial_has_the_epochs_it_read_of_a_training_that_went_further(database):
    with database.write() as session:
        made = searched(session, [2.0])
        (trial,) = comparison.compare(session, made, ["1"]).trials
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
        read = comparison.curves(session, [trial])[trial.id]
        assert [epoch.number for epoch in read] == [1, 2, 3]
        assert 0 < sum(epoch.seconds for epoch in read) < 9
