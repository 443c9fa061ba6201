"""What is handed over, in the words of an experiment's page."""

import pytest

from app.db.models import Baseline, Delivery
from app.domain.delivery import Member
from app.services import delivered
from app.services.delivered import describe_members
from tests import factories

TRIALS = (Member("trial 12", 0.4, 2, 12, 30), Member("trial 7", 0.2, 1, 7, 20))
RIDGE = Member("ridge", 0.4)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((*TRIALS, RIDGE), "the mean of trials 7, 12 and ridge regression"),
        (TRIALS, "the mean of trials 7 and 12"),
        (TRIALS[:1], "trial 12"),
        ((TRIALS[0], RIDGE), "the mean of trial 12 and ridge regression"),
        ((RIDGE,), "ridge regression"),
    ],
)
def test_members_are_named_as_in_a_sentence(members, words):
    assert describe_members(members) == words


def test_a_delivery_is_described_beside_the_best_trial_and_the_best_baseline(database):
    with database.write() as session:
        experiment = factories.experiment(session, requests_board=True, deliver="ensemble")
        best = factories.completed_trial(session, experiment, objective=25.125)
        ridge = {"name": "ridge", "settings": {}, "board_id": experiment.board_id}
        session.add(Baseline(**ridge, validation_rmse=20.0, test_rmse=24.625))
        delivery = Delivery(
            experiment_id=experiment.id,
            members=[member.to_document() for member in (*TRIALS, RIDGE)],
            is_retrained=True,
            reason="It is better.",
            test_rmse=24.0,
        )
        session.add(delivery)
        session.flush()

        text = delivered.describe(session, delivery, best)

    assert text is not None
    assert text.sentence == (
        "Delivered: the mean of trials 7, 12 and ridge regression, trained on all but the test"
        " rows: test RMSE 24, the best single trial 25.12, the best baseline (ridge regression)"
        " 24.62."
    )
    assert text.reason == "It is better."


def test_a_delivery_that_is_being_made_has_no_words(database):
    with database.write() as session:
        experiment = factories.experiment(session, requests_board=True, deliver="ensemble")
        best = factories.completed_trial(session, experiment)
        delivery = Delivery(experiment_id=experiment.id, members=[])
        session.add(delivery)
        session.flush()

        assert delivered.describe(session, delivery, best) is None
