"""How far the download of a best model is, in a state and in words."""

import pytest

from app.db.models import Worker
from app.errors import Conflict
from app.queue import artifacts
from app.services import best_models
from app.services.best_models import BundleState
from tests import factories

LEASE_SECONDS = 30.0


@pytest.fixture
def experiment(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.completed_trial(session, made)
        return made


def test_a_bundle_goes_from_not_requested_to_ready(database, experiment):
    with database.write() as session:
        at_first = best_models.find_download(session, experiment, LEASE_SECONDS)
        requested = best_models.request_download(session, experiment, LEASE_SECONDS)
        claim = artifacts.claim_bundle(session)
        artifacts.complete_bundle(session, claim.token, b"PK")
        session.expire_all()
        ready = best_models.find_download(session, experiment, LEASE_SECONDS)

    assert at_first.state == BundleState.NOT_REQUESTED
    assert requested.state == BundleState.REQUESTED
    assert ready.state == BundleState.READY
    assert best_models.require_content(ready) == b"PK"


def test_it_is_being_made_only_where_a_worker_runs(database, experiment):
    with database.write() as session:
        alone = best_models.request_download(session, experiment, LEASE_SECONDS)
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
        session.flush()
        with_worker = best_models.find_download(session, experiment, LEASE_SECONDS)

    assert not alone.is_being_made
    assert "none is running" in alone.words
    assert with_worker.is_being_made
    with pytest.raises(Conflict, match="being packed"):
        best_models.require_content(with_worker)
