"""A bundle is made and stored, or why there is none."""

import errno

import pytest

from app.db.models import Artifact
from app.errors import NotFound
from app.queue import artifacts
from tests import factories
from worker.bundles.bundle import BundleError
from worker.runs import bundling, lease


@pytest.fixture
def make_bundle(settings, database, monkeypatch):
    """Makes the bundle of a completed trial by a given function; the stored artifact."""
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        artifacts.request_bundle(session, trial)
        claim = artifacts.claim_bundle(session)

    def make(bundle_trial) -> Artifact:
        monkeypatch.setattr(bundling.bundle, "bundle_trial", bundle_trial)
        bundling.make_bundle(settings.url, claim.row_id, claim.token, settings.data)
        with database.read() as session:
            artifact = session.get_one(Artifact, claim.row_id)
            session.refresh(artifact, ["content"])
            return artifact

    yield make
    lease.database_at.cache_clear()


def raising(error):
    """Something that cannot make a bundle."""

    def bundle_trial(_source):
        raise error

    return bundle_trial


def test_what_was_made_is_stored(make_bundle):
    artifact = make_bundle(lambda source: source.model + b" in a zip")

    assert artifact.content == b"weights in a zip"
    assert (artifact.size, artifact.problem, artifact.lease_token) == (16, None, None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BundleError("It predicts other values."), "It predicts other values."),
        (NotFound("The model is gone."), "The model is gone."),
        (OSError(errno.ENOSPC, "No space left"), "There is no room for temporary files in"),
        (OSError(errno.EDQUOT, "Quota exceeded"), "There is no room for temporary files in"),
    ],
)
def test_why_nothing_was_made_is_stored(make_bundle, error, words):
    artifact = make_bundle(raising(error))

    assert artifact.problem.startswith(words)
    assert (artifact.size, artifact.content, artifact.lease_token) == (None, None, None)


def test_another_error_of_the_system_is_the_worker_s_to_tell(make_bundle):
    with pytest.raises(PermissionError):
        make_bundle(raising(PermissionError(errno.EACCES, "Permission denied")))
