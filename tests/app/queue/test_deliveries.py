"""Deliveries are requested when a search ends, and made once by one worker at a time."""

import numpy as np
import pytest

from app.db.models import Artifact, Board, Delivery, Experiment
from app.domain.delivery import DeliveryOutcome, Member
from app.domain.metrics import Scores
from app.domain.states import COMPLETE_EXPERIMENT, REOPEN_EXPERIMENT
from app.domain.terms import ArtifactKind, ExperimentState, Part
from app.queue import artifacts, claims, deliveries, lifecycle, storage
from app.queue.transitions import change_experiment
from tests import factories

SCORES = Scores(rmse=2.0, mae=1.0, mape=0.1, skill=0.5)
OUTCOME = DeliveryOutcome(
    members=(Member("trial 1", 0.5, 1, 1, epochs=2), Member("ridge", 0.5)),
    reason="It is better.",
    is_retrained=True,
    seconds=1.5,
    scores={Part.VALIDATION: SCORES, Part.TEST: SCORES},
    forecasts={Part.VALIDATION: np.ones(3), Part.TEST: np.full(2, 4.0)},
    bundle=b"PK",
)


@pytest.fixture
def end_search(database):
    """Ends a search that has one evaluated trial; its id."""

    def end(**changes) -> int:
        with database.write() as session:
            wanted = {"deliver": "ensemble", **changes}
            experiment = factories.experiment(session, requests_board=True, **wanted)
            experiment.state = ExperimentState.RUNNING
            factories.completed_trial(session, experiment)
            lifecycle.close(session, experiment, COMPLETE_EXPERIMENT, "Done.")
            return experiment.id

    return end


def finish_board(session, experiment_id):
    board_id = session.get_one(Experiment, experiment_id).board_id
    session.get_one(Board, board_id).finished_at = factories.now()
    session.flush()


def test_a_delivery_waits_for_the_baselines(database, end_search):
    experiment_id = end_search()

    with database.write() as session:
        assert deliveries.claim(session) is None
        finish_board(session, experiment_id)

        claim = deliveries.claim(session)

        assert claim is not None
        assert claim.experiment_id == experiment_id
        assert deliveries.claim(session) is None
        assert session.query(Artifact).filter_by(kind=ArtifactKind.BUNDLE).count() == 0


def test_an_experiment_that_hands_over_its_best_trial_requests_that_bundle(database, end_search):
    experiment_id = end_search(deliver="single")

    with database.write() as session:
        experiment = session.get_one(Experiment, experiment_id)
        best = artifacts.best_trial(session, experiment_id)

        assert artifacts.find_bundle(session, best.id) is not None
        assert deliveries.find(session, experiment) is None


def test_what_was_made_is_stored_and_counts_as_stored_bytes(database, end_search):
    experiment_id = end_search()
    with database.write() as session:
        finish_board(session, experiment_id)
        before = storage.measure(session, experiment_id)
        claim = deliveries.claim(session)

        deliveries.complete(session, claim.token, OUTCOME)

        session.expire_all()
        delivery = session.get_one(Delivery, experiment_id)
        assert (delivery.size, delivery.test_rmse, delivery.is_retrained) == (2, 2.0, True)
        assert Member.from_document(delivery.members[1]) == Member("ridge", 0.5)
        assert np.frombuffer(delivery.test_forecast, "<f8").tolist() == [4.0, 4.0]
        assert deliveries.read_content(session, experiment_id) == b"PK"
        after = storage.measure(session, experiment_id)
        assert after.bundles - before.bundles == 2
        assert after.forecasts - before.forecasts == 5 * 8


def test_a_search_that_goes_on_and_ends_again_is_delivered_again(database, end_search):
    experiment_id = end_search()
    with database.write() as session:
        finish_board(session, experiment_id)
        claim = deliveries.claim(session)
        change_experiment(session, REOPEN_EXPERIMENT, experiment_id, finished_at=None)
        session.expire_all()
        experiment = session.get_one(Experiment, experiment_id)
        while_it_goes_on = deliveries.find(session, experiment)

        lifecycle.close(session, experiment, COMPLETE_EXPERIMENT, "Done again.")
        deliveries.complete(session, claim.token, OUTCOME)

        session.expire_all()
        delivery = deliveries.find(session, experiment)
        assert while_it_goes_on is None
        assert delivery is not None
        assert delivery.size is None
        assert deliveries.DELIVERIES.has_requests(session)


def test_a_delivery_is_not_made_while_its_search_goes_on(database, end_search):
    experiment_id = end_search()
    with database.write() as session:
        finish_board(session, experiment_id)

        change_experiment(session, REOPEN_EXPERIMENT, experiment_id, finished_at=None)

        assert not deliveries.DELIVERIES.has_requests(session)


def test_a_delivery_whose_worker_fell_silent_is_made_by_another(database, end_search):
    experiment_id = end_search()
    with database.write() as session:
        finish_board(session, experiment_id)
        lost = deliveries.claim(session)
        claims.renew(session, [lost.token])
        (lease,) = claims.observe_leases(session)

        claims.expire(session, lease)

        assert lease.beats == 1
        again = deliveries.claim(session)
        assert again is not None
        deliveries.fail(session, lost.token, "Too late.")
        session.expire_all()
        assert session.get_one(Delivery, experiment_id).problem is None


def test_one_that_could_not_be_made_waits_until_it_is_asked_for_again(database, end_search):
    experiment_id = end_search()
    with database.write() as session:
        finish_board(session, experiment_id)
        deliveries.fail(session, deliveries.claim(session).token, "No room.")
        session.expire_all()
        delivery = session.get_one(Delivery, experiment_id)
        assert (delivery.problem, deliveries.DELIVERIES.has_requests(session)) == (
            "No room.",
            False,
        )

        deliveries.retry(session, delivery)

        assert deliveries.DELIVERIES.has_requests(session)
