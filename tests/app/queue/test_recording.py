"""What runs write: epochs, outcomes, models that cannot be stored, and nothing without a lease."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Text, func, select, text, type_coerce

from app.db.models import Artifact, Epoch, Experiment, LogLine, Training, Trial, Worker
from app.domain.failure_causes import FailureCause
from app.domain.metrics import Scores
from app.domain.runs import EpochRecord, Evaluation, StopDecision, TrialOutcome
from app.domain.terms import ArtifactKind, ExperimentState, Part, TrialState
from app.errors import NotFound
from app.queue import artifacts, bundles, claims, lifecycle, recording, workers
from app.queue.recording import LeaseLost
from app.services import trials
from tests import factories
from tests.app.queue.searches import train

FIRST_EPOCH = EpochRecord(number=1, train_loss=0.5, val_loss=0.6, objective=0.7, seconds=0.1)
PROBLEM = "Keras cannot save this network: it is a lambda."
SCORES = Scores(rmse=1.0, mae=0.5, mape=None, skill=0.1)
UNSAVED = Evaluation(
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
        experiment = factories.experiment(session, max_trials=2)
        factories.trial(session, experiment, 1, epochs=2)
        factories.trial(session, experiment, 2, epochs=3)
    with database.write() as session:
        return claims.claim(session, "worker")


def model_artifact(session, trial_id):
    query = select(Artifact).where(
        Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
    )
    return session.scalars(query).one()


@pytest.mark.parametrize(
    "write",
    [
        lambda session, claim: recording.record_epoch(
            session, claim.token, claim.training_id, FIRST_EPOCH
        ),
        lambda session, claim: recording.record_checkpoint(
            session, claim.token, claim.training_id, 1, b"state"
        ),
        lambda session, claim: recording.finish(
            session, claim.token, claim.trial_ids[0], TrialOutcome(TrialState.COMPLETED)
        ),
    ],
    ids=["epoch", "checkpoint", "outcome"],
)
def test_a_worker_that_lost_its_lease_writes_nothing(database, claim, write):
    with database.write() as session:
        claims.release(session, [claim.token], "taken away")

    with pytest.raises(LeaseLost), database.write() as session:
        write(session, claim)

    with database.read() as session:
        assert session.scalars(select(Epoch)).all() == []
        assert session.get(Training, claim.training_id).checkpoint is None
        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.QUEUED


def test_an_epoch_written_twice_is_one_epoch(database, claim):
    with database.write() as session:
        for _ in range(2):
            decisions = recording.record_epoch(session, claim.token, claim.training_id, FIRST_EPOCH)
            assert decisions == {}

    with database.read() as session:
        assert len(session.scalars(select(Epoch)).all()) == 1
        assert session.get(Trial, claim.trial_ids[0]).epochs_trained == 1


def test_an_epoch_whose_predecessors_are_missing_is_not_stored(database, claim):
    third_epoch = replace(FIRST_EPOCH, number=3)
    with database.write() as session:
        recording.record_epoch(session, claim.token, claim.training_id, FIRST_EPOCH)

    with pytest.raises(LeaseLost), database.write() as session:
        recording.record_epoch(session, claim.token, claim.training_id, third_epoch)

    with database.read() as session:
        assert {trial.epochs_trained for trial in session.query(Trial)} == {1}


@pytest.mark.parametrize(
    "write",
    [
        lambda session, claim: recording.record_checkpoint(
            session, claim.token, claim.training_id, 3, b"state"
        ),
        lambda session, claim: recording.finish(
            session, claim.token, claim.trial_ids[0], TrialOutcome(TrialState.COMPLETED, 3)
        ),
    ],
    ids=["checkpoint", "outcome"],
)
def test_nothing_is_stored_of_a_training_whose_last_epochs_are_missing(database, claim, write):
    with database.write() as session:
        train(session, claim, 2)

    with pytest.raises(LeaseLost), database.write() as session:
        write(session, claim)

    with database.read() as session:
        assert session.get(Training, claim.training_id).checkpoint is None
        assert {trial.state for trial in session.query(Trial)} == {TrialState.RUNNING}


def test_an_epoch_tells_which_trials_should_stop(database, claim):
    stopped, other = claim.trial_ids
    with database.write() as session:
        trials.stop(session, session.get(Trial, stopped))

        decisions = recording.record_epoch(session, claim.token, claim.training_id, FIRST_EPOCH)

    assert decisions[stopped].state == TrialState.STOPPED
    assert other not in decisions


def test_a_used_up_time_budget_stops_every_trial_and_says_so(database):
    with database.write() as session:
        experiment = factories.experiment(session, time_budget_seconds=10)
        factories.trial(session, experiment, 1)
        claim = claims.claim(session, "worker")
        experiment.seconds_used = 11
        experiment.state = ExperimentState.RUNNING
        session.flush()

        decisions = recording.stop_decisions(session, claim.token, claim.training_id, 1)

    reason = "Stopped because the time budget is used up after epoch 1."
    assert decisions == {claim.trial_ids[0]: StopDecision(TrialState.STOPPED, reason)}


def test_a_failed_trial_keeps_its_reason_and_can_be_tried_again(database, claim):
    outcome = TrialOutcome(
        TrialState.FAILED,
        error="diverged at epoch 3",
        failure_cause=FailureCause.DIVERGED,
        traceback="…",
    )
    with database.write() as session:
        recording.finish(session, claim.token, claim.trial_ids[0], outcome)
        trial = session.get(Trial, claim.trial_ids[0], populate_existing=True)
        assert (trial.state, trial.error) == (TrialState.FAILED, "diverged at epoch 3")
        assert trial.failure_cause == "diverged"

        trials.retry(session, trial)

        session.flush()
        assert (trial.state, trial.error) == (TrialState.QUEUED, None)


def test_an_error_with_characters_that_no_database_holds_is_stored_all_the_same(database, claim):
    outcome = TrialOutcome(
        TrialState.FAILED,
        error="odd: \0 \udcff ü",
        failure_cause=FailureCause.ERROR,
        traceback="\0",
    )
    with database.write() as session:
        recording.finish_trials(session, claim.token, claim.trial_ids, outcome)

    with database.read() as session:
        trial = session.get(Trial, claim.trial_ids[0])
        assert (trial.error, trial.traceback) == (r"odd: \x00 \udcff ü", r"\x00")


def test_a_trial_whose_model_cannot_be_saved_keeps_its_scores_and_the_reason(database, claim):
    trial_id = claim.trial_ids[0]
    outcome = TrialOutcome(TrialState.COMPLETED, 2, UNSAVED)

    with database.write() as session:
        train(session, claim, 2)
        recording.finish(session, claim.token, trial_id, outcome)

    with database.read() as session:
        trial = session.get(Trial, trial_id)
        model = model_artifact(session, trial_id)
        assert (trial.state, trial.objective, trial.test_rmse) == (TrialState.COMPLETED, 1.0, 1.0)
        assert (model.content, model.size, model.problem) == (None, None, PROBLEM)


def test_a_shared_trial_takes_over_the_reason(database, claim):
    source_id, shared_id = claim.trial_ids
    outcome = TrialOutcome(TrialState.COMPLETED, 2, UNSAVED)
    with database.write() as session:
        train(session, claim, 3)
        recording.finish(session, claim.token, source_id, outcome)

        recording.copy_result(session, claim.token, shared_id, source_id, 3)

    with database.read() as session:
        assert model_artifact(session, shared_id).problem == PROBLEM
        assert artifacts.read_model(session, shared_id) is None


def test_a_saved_model_has_no_problem(database, claim):
    trial_id = claim.trial_ids[0]
    saved = replace(UNSAVED, model=b"weights", model_problem=None)

    with database.write() as session:
        outcome = TrialOutcome(TrialState.COMPLETED, 2, saved)
        train(session, claim, 2)
        recording.finish(session, claim.token, trial_id, outcome)

    with database.read() as session:
        model = model_artifact(session, trial_id)
        assert (model.size, model.problem) == (7, None)
        assert artifacts.read_model(session, trial_id) == b"weights"


def test_a_bundle_of_a_model_that_could_not_be_saved_has_that_reason(database, claim):
    trial_id = claim.trial_ids[0]
    outcome = TrialOutcome(TrialState.COMPLETED, 2, UNSAVED)
    with database.write() as session:
        train(session, claim, 2)
        recording.finish(session, claim.token, trial_id, outcome)
        bundle = artifacts.request_bundle(session, session.get(Trial, trial_id))

        with pytest.raises(NotFound, match="Keras cannot save this network"):
            bundles.load_source(session, bundle.id)


def test_whatever_a_run_says_twenty_kilobytes_of_it_are_stored(database, claim, stored_texts):
    (first, second) = claim.trial_ids
    long = "begins " + "x" * 2_000_000 + " ends"
    failed = TrialOutcome(
        TrialState.FAILED,
        error=long,
        failure_cause=FailureCause.ERROR,
        traceback=long,
        notes=(long, long),
    )

    with database.write() as session:
        recording.record_engine(session, claim.token, claim.training_id, "native", long)
        recording.finish(session, claim.token, first, failed)
        recording.finish(session, claim.token, second, failed)
        bundle = artifacts.request_bundle(session, session.get_one(Trial, first))
        request = artifacts.claim_bundle(session)
        artifacts.fail_bundle(session, request.token, long)
        lifecycle.close_failed(session, claim.experiment_id, long)
        workers.register(session, "w", hostname="host", pid=1, slots=1, heartbeat_seconds=5)
        workers.beat(session, "w", long)

    texts = stored_texts()
    assert len(texts) == 10
    for stored in texts:
        assert len(stored) <= 20_000
        assert "characters left out" in stored
        assert stored.endswith(" ends")
    assert bundle.id == request.row_id


@pytest.fixture
def stored_texts(database):
    """All long texts as they are stored, read without the type of their column."""

    def read() -> list[str]:
        columns = (
            Trial.error,
            Trial.traceback,
            LogLine.message,
            Training.engine_reason,
            Artifact.problem,
            Experiment.reason,
            Worker.trouble,
        )
        texts = []
        with database.read() as session:
            for column in columns:
                query = select(type_coerce(column, Text)).where(func.length(column) > 1000)
                texts += session.scalars(query)
        return texts

    return read


def test_a_long_text_that_an_earlier_version_stored_is_shortened_when_it_is_read(database, claim):
    (trial_id, _) = claim.trial_ids
    long = "begins " + "x" * 2_000_000 + " ends"
    with database.write() as session:
        statement = text("UPDATE trials SET error = :long WHERE id = :id")
        session.execute(statement, {"long": long, "id": trial_id})

    with database.read() as session:
        error = session.get_one(Trial, trial_id).error

    assert len(error) <= 20_000
    assert error.startswith("begins xxx")
    assert error.endswith("xxx ends")
