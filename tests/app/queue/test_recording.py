"""What runs write: results, and models that could not be stored."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from app.db.models import Artifact, Experiment, Trial
from app.domain.metrics import Scores
from app.domain.terms import ArtifactKind, Part, TrialState
from app.errors import NotFound
from app.queue import artifacts, bundles, claims, recording
from app.queue.recording import Ending, Judgement
from tests import factories

PROBLEM = "Keras cannot save this network: it is a lambda."
SCORES = Scores(rmse=1.0, mae=0.5, mape=None, skill=0.1)
UNSAVED = Judgement(
    objective=1.0,
    best_epoch=1,
    scores=dict.fromkeys((Part.VALIDATION, Part.TEST), SCORES),
    forecasts=dict.fromkeys((Part.VALIDATION, Part.TEST), np.ones(3)),
    model=None,
    model_problem=PROBLEM,
)


@pytest.fixture
def claim(database):
    """A claim of two trials that share one training."""
    with database.write() as session:
        experiment_id = factories.experiment(session, max_trials=2).id
        experiment = session.get(Experiment, experiment_id)
        factories.trial(session, experiment, 1, epochs=2)
        factories.trial(session, experiment, 2, epochs=3)
    with database.write() as session:
        return claims.claim(session, "worker")


def model_artifact(session, trial_id):
    query = select(Artifact).where(
        Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
    )
    return session.scalars(query).one()


def test_a_trial_whose_model_cannot_be_saved_keeps_its_scores_and_the_reason(database, claim):
    trial_id = claim.trial_ids[0]

    with database.write() as session:
        recording.finish(session, claim.token, trial_id, Ending(TrialState.COMPLETED, 2, UNSAVED))

    with database.read() as session:
        trial = session.get(Trial, trial_id)
        model = model_artifact(session, trial_id)
        assert (trial.state, trial.objective, trial.test_rmse) == (TrialState.COMPLETED, 1.0, 1.0)
        assert (model.content, model.size, model.problem) == (None, None, PROBLEM)


def test_a_shared_trial_takes_over_the_reason(database, claim):
    source_id, shared_id = claim.trial_ids
    with database.write() as session:
        recording.finish(session, claim.token, source_id, Ending(TrialState.COMPLETED, 2, UNSAVED))

        recording.copy(session, claim.token, shared_id, source_id, 3)

    with database.read() as session:
        assert model_artifact(session, shared_id).problem == PROBLEM
        assert artifacts.model_of(session, shared_id) is None


def test_a_saved_model_has_no_problem(database, claim):
    trial_id = claim.trial_ids[0]
    saved = replace(UNSAVED, model=b"weights", model_problem=None)

    with database.write() as session:
        recording.finish(session, claim.token, trial_id, Ending(TrialState.COMPLETED, 2, saved))

    with database.read() as session:
        model = model_artifact(session, trial_id)
        assert (model.size, model.problem) == (7, None)
        assert artifacts.model_of(session, trial_id) == b"weights"


def test_a_bundle_of_a_model_that_could_not_be_saved_has_that_reason(database, claim):
    trial_id = claim.trial_ids[0]
    with database.write() as session:
        recording.finish(session, claim.token, trial_id, Ending(TrialState.COMPLETED, 2, UNSAVED))
        bundle = artifacts.wish(session, session.get(Trial, trial_id))

        with pytest.raises(NotFound, match="Keras cannot save this network"):
            bundles.source(session, bundle.id)
