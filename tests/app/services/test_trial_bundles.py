"""The bundle of a trial: asked for, made, or why it cannot be."""

import pytest

from app.errors import Conflict
from app.queue import artifacts
from app.services import trial_bundles
from tests import factories


def test_a_bundle_that_could_not_be_made_says_why_and_can_be_asked_for_again(database):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        trial_bundles.request(session, trial)
        claim = artifacts.claim_bundle(session)
        artifacts.fail_bundle(session, claim.token, "no room")
        session.expire_all()

        with pytest.raises(Conflict, match="no room"):
            trial_bundles.read_content(session, trial)

        assert trial_bundles.request(session, trial).problem is None
