"""Bundles are requested once, made by one worker at a time, and made of what a trial has left."""

import pytest
from sqlalchemy import delete

from app.db.models import Artifact, Forecast, Trial
from app.domain.terms import ArtifactKind, Part
from app.errors import NotFound
from app.queue import artifacts, bundles, claims
from tests import factories


@pytest.fixture
def make_trials(database):
    """Makes so many completed trials; their ids."""

    def make(count):
        with database.write() as session:
            experiment = factories.experiment(session, name="Search one", max_trials=count)
            return [
                factories.completed_trial(session, experiment, number, units_1=number + 1).id
                for number in range(1, count + 1)
            ]

    return make


@pytest.fixture
def trial_id(make_trials):
    (made,) = make_trials(1)
    return made


def request(session, trial_id):
    return artifacts.request_bundle(session, session.get_one(Trial, trial_id))


def test_a_bundle_is_requested_once(database, trial_id):
    with database.write() as session:
        assert not artifacts.BUNDLES.has_requests(session)

        first = request(session, trial_id)
        second = request(session, trial_id)

        assert first is second
        assert artifacts.find_bundle(session, trial_id) is first
        assert artifacts.BUNDLES.has_requests(session)
        assert session.query(Artifact).filter_by(kind=ArtifactKind.BUNDLE).count() == 1


def test_bundles_are_made_in_the_order_of_their_requests(database, make_trials):
    first_trial, second_trial = make_trials(2)
    with database.write() as session:
        first = request(session, first_trial).id
        second = request(session, second_trial).id

        claimed = [artifacts.claim_bundle(session) for _ in range(3)]

        assert [claim.row_id for claim in claimed[:2]] == [first, second]
        assert claimed[2] is None
        experiment_id = session.get_one(Trial, first_trial).experiment_id
        assert claimed[0].experiment_id == experiment_id
        assert not artifacts.BUNDLES.has_requests(session)


def test_a_bundle_that_was_made_can_be_downloaded_and_is_not_made_again(database, trial_id):
    with database.write() as session:
        bundle = request(session, trial_id)
        claim = artifacts.claim_bundle(session)
        with pytest.raises(NotFound, match="not been made yet"):
            artifacts.read_content(session, bundle)

        artifacts.complete_bundle(session, claim.token, b"a zip")

        session.expire_all()
        assert artifacts.read_content(session, bundle) == b"a zip"
        assert (bundle.size, bundle.problem, bundle.lease_token) == (5, None, None)
        assert artifacts.claim_bundle(session) is None


def test_only_a_bundle_that_was_made_is_ready(database, trial_id):
    with database.write() as session:
        trial = session.get_one(Trial, trial_id)
        assert not artifacts.with_bundle(session, trial).is_ready
        request(session, trial_id)
        assert not artifacts.with_bundle(session, trial).is_ready
        claim = artifacts.claim_bundle(session)

        artifacts.complete_bundle(session, claim.token, b"")

        session.expire_all()
        assert artifacts.with_bundle(session, trial).is_ready


def test_a_bundle_that_could_not_be_made_waits_until_it_is_asked_for_again(database, trial_id):
    with database.write() as session:
        bundle = request(session, trial_id)
        artifacts.fail_bundle(session, artifacts.claim_bundle(session).token, "No room.")
        session.expire_all()
        assert (bundle.problem, bundle.size, bundle.lease_token) == ("No room.", None, None)
        assert artifacts.claim_bundle(session) is None

        again = request(session, trial_id)

        assert again is bundle
        assert bundle.problem is None
        assert artifacts.claim_bundle(session).row_id == bundle.id


def test_a_released_bundle_is_made_by_another_worker(database, make_trials):
    first_trial, second_trial = make_trials(2)
    with database.write() as session:
        first = request(session, first_trial).id
        request(session, second_trial)
        token = artifacts.claim_bundle(session).token
        other = artifacts.claim_bundle(session).token

        claims.release_errands(session, [token])

        again = artifacts.claim_bundle(session)
        assert (again.row_id, again.token != token) == (first, True)
        artifacts.complete_bundle(session, other, b"a zip")
        assert artifacts.find_bundle(session, second_trial).content == b"a zip"


def test_a_worker_that_lost_the_lease_of_a_bundle_writes_nothing(database, trial_id):
    with database.write() as session:
        bundle = request(session, trial_id)
        lost = artifacts.claim_bundle(session).token
        claims.release_errands(session, [lost])

        artifacts.complete_bundle(session, lost, b"a zip")

        session.expire_all()
        assert bundle.size is None


def test_a_bundle_is_made_of_what_its_trial_has_left(database, trial_id):
    with database.write() as session:
        bundle = request(session, trial_id)

        source = bundles.load_source(session, bundle.id)

        trial = session.get_one(Trial, trial_id)
        assert source.title == "Search one, trial 1"
        assert source.model == b"weights"
        assert source.parameters == trial.parameters
        assert source.custom_model is None
        assert source.predicted.size == len(source.parts[Part.TEST])
        test_rows = source.parts[Part.TEST]
        actual = source.series.target_values[test_rows.start : test_rows.stop]
        assert source.predicted[:, 0] == pytest.approx(actual + 0.25)
        assert source.record["metrics"]["test"]["mae"] == trial.test_mae
        assert source.record["metrics"]["validation"]["rmse"] == trial.validation_rmse


@pytest.mark.parametrize("kind", ["model", "forecast"])
def test_a_bundle_cannot_be_made_of_what_is_gone(database, trial_id, kind):
    with database.write() as session:
        bundle = request(session, trial_id)
        if kind == "model":
            session.execute(delete(Artifact).where(Artifact.kind == ArtifactKind.MODEL))
        else:
            session.execute(delete(Forecast).where(Forecast.part == Part.TEST.value))

        with pytest.raises(NotFound, match="The forecast or the model of this trial is gone"):
            bundles.load_source(session, bundle.id)


def test_of_two_equally_good_trials_the_earlier_one_is_the_best(database, make_trials):
    first, _ = make_trials(2)

    with database.read() as session:
        experiment_id = session.get_one(Trial, first).experiment_id
        assert artifacts.best_trial(session, experiment_id).id == first
        assert artifacts.best_trials(session, []) == {}
