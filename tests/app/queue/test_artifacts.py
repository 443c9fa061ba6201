"""The best trial: the evaluated one with the lowest objective, in every state and on every page."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import delete

from app.db.models import Artifact, Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.metrics import Scores
from app.domain.runs import Evaluation, TrialOutcome
from app.domain.states import COMPLETE_EXPERIMENT
from app.domain.terms import ArtifactKind, Part, TrialState
from app.errors import NotFound
from app.queue import artifacts, bundles, claims, evaluations, lifecycle, recording
from app.services import comparison, overviews, trials
from tests import factories
from tests.app.queue.searches import train

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def searched(session, *outcomes: tuple[TrialState, float]) -> Experiment:
    """An experiment whose trials are all evaluated, with these states and objectives."""
    made = factories.experiment(session, max_trials=len(outcomes), space=WIDE, pruning="asha")
    for number, (state, objective) in enumerate(outcomes, start=1):
        factories.completed_trial(
            session, made, number, objective, units_1=number + 1
        ).state = state
    made.state = TrialState.RUNNING
    session.flush()
    return made


def forget_model(session, trial: Trial) -> None:
    session.execute(delete(Artifact).where(Artifact.trial_id == trial.id))


def test_the_standard_error_of_an_objective_is_stored_and_read_back(database):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        stored = replace(evaluation(0.5), objective_se=0.125)

        for name, content in evaluations.column_values(stored).items():
            setattr(trial, name, content)

        assert trial.objective_se == 0.125
        assert evaluations.load(session, trial).objective_se == 0.125


def evaluation(objective: float) -> Evaluation:
    part_scores = dict.fromkeys(
        (Part.VALIDATION, Part.TEST), Scores(objective, objective, 0.02, 0.1)
    )
    return Evaluation(objective, 4, part_scores, {}, b"better weights")


@pytest.mark.each_database
@pytest.mark.parametrize(
    "state", [TrialState.COMPLETED, TrialState.STOPPED, TrialState.PRUNED, TrialState.FAILED]
)
def test_an_evaluated_trial_is_the_best_whatever_its_state(database, state):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (state, 29.9))

        best = artifacts.best_trial(session, made.id)

        assert (best.number, best.objective) == (2, 29.9)


@pytest.mark.parametrize("state", [TrialState.QUEUED, TrialState.RUNNING])
def test_a_promoted_trial_stays_the_best_while_it_goes_on(database, state):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (state, 29.9))

        assert artifacts.best_trial(session, made.id).number == 2


def test_a_pruned_trial_without_a_stored_model_does_not_count(database):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (TrialState.PRUNED, 29.9))
        forget_model(session, trials.find(session, made.id, 2))

        assert artifacts.best_trial(session, made.id).number == 1
        assert [point.best_so_far for point in trials.objective_points(session, made.id)] == [
            42.5,
            42.5,
        ]
        assert [trial.number for trial in comparison.compare(session, made, []).trials] == [1]


def test_a_model_without_an_objective_does_not_count(database):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (TrialState.QUEUED, 29.9))
        trials.find(session, made.id, 2).objective = None

        assert artifacts.best_trial(session, made.id).number == 1


def test_the_pages_and_the_api_agree_on_a_pruned_trial_as_the_best(database, client):
    with database.write() as session:
        made = searched(
            session,
            (TrialState.STOPPED, 42.5),
            (TrialState.PRUNED, 29.9),
            (TrialState.COMPLETED, 31.0),
        )
        best_id = trials.find(session, made.id, 2).id
        made_id = made.id
    with database.write() as session:
        lifecycle.close(
            session,
            session.get_one(Experiment, made_id),
            COMPLETE_EXPERIMENT,
            "The time budget is used up.",
        )
        bundle = artifacts.find_bundle(session, best_id)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(
                "trial.json", json.dumps(bundles.describe_trial(session.get_one(Trial, best_id)))
            )
        bundle.content = archive.getvalue()
        bundle.size = len(bundle.content)

    described = client.get(f"/api/experiments/{made_id}").json()
    page = client.get(f"/experiments/{made_id}").text
    downloads = [
        client.get(f"{prefix}/experiments/{made_id}/best-model").content for prefix in ("", "/api")
    ]

    assert (described["best_trial_id"], described["best_objective"]) == (best_id, 29.9)
    assert f'Best model: <a href="/trials/{best_id}">trial 2</a>' in page
    assert (
        f'<a href="/trials/{best_id}">the best, trial 2</a>'
        in client.get(f"/trials/{best_id - 1}").text
    )
    for content in downloads:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            assert json.loads(file.read("trial.json"))["number"] == 2
    with database.read() as session:
        experiment = session.get_one(Experiment, made_id)
        assert [trial.number for trial in comparison.compare(session, experiment, []).trials] == [
            2,
            3,
            1,
        ]
        assert [point.best_so_far for point in trials.objective_points(session, made_id)] == [
            42.5,
            29.9,
            29.9,
        ]
        assert overviews.build(session, experiment).best.id == best_id


def test_a_promoted_trial_keeps_its_model_until_it_is_evaluated_anew(database):
    with database.write() as session:
        made = searched(session, (TrialState.QUEUED, 29.9))
        trial = trials.find(session, made.id, 1)
        stale = artifacts.request_bundle(session, trial).id
        claim = claims.claim(session, "worker")
        assert artifacts.read_model(session, trial.id) == b"weights"

        train(session, claim, 9)
        recording.finish(
            session, claim.token, trial.id, TrialOutcome(TrialState.PRUNED, 9, evaluation(25.0))
        )

        session.expire_all()
        best = artifacts.best_model(session, made)
        assert (best.trial.objective, best.bundle) == (25.0, None)
        assert artifacts.read_model(session, trial.id) == b"better weights"
        with pytest.raises(NotFound, match="evaluated anew"):
            bundles.load_source(session, stale)


@pytest.mark.parametrize("state", [TrialState.STOPPED, TrialState.FAILED])
def test_the_best_stays_downloadable_while_it_is_tried_again(database, state):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (state, 29.9))
        best = trials.find(session, made.id, 2)
        trials.retry(session, best)
        claim = claims.claim(session, "worker")

        assert claim.trial_ids == (best.id,)
        assert artifacts.best_trial(session, made.id).id == best.id
        assert (best.objective, best.test_rmse) == (29.9, 29.9)
        assert artifacts.read_model(session, best.id) == b"weights"


def test_a_trial_that_starts_again_and_ends_earlier_keeps_its_better_model(database):
    with database.write() as session:
        made = searched(session, (TrialState.QUEUED, 29.9))
        trial = trials.find(session, made.id, 1)
        bundle = artifacts.request_bundle(session, trial)
        claim = claims.claim(session, "worker")

        outcome = TrialOutcome(TrialState.STOPPED, 1, evaluation(35.0), error="Stopped by you.")
        train(session, claim, outcome.epochs_trained)
        recording.finish(session, claim.token, trial.id, outcome)

        session.expire_all()
        assert (trial.state, trial.objective, trial.best_epoch) == (TrialState.STOPPED, 29.9, 2)
        assert trial.epochs_trained == 2, "those of its best epoch count"
        assert artifacts.read_model(session, trial.id) == b"weights"
        assert artifacts.find_bundle(session, trial.id).id == bundle.id
        lines = [line.message for line in trials.log(session, trial)]
        assert "Its result from before stays, which is better; Stopped by you." in lines


def test_a_result_whose_model_is_gone_is_replaced_by_a_worse_one(database):
    with database.write() as session:
        made = searched(session, (TrialState.QUEUED, 29.9))
        trial = trials.find(session, made.id, 1)
        forget_model(session, trial)
        claim = claims.claim(session, "worker")

        outcome = TrialOutcome(TrialState.STOPPED, 9, evaluation(35.0))
        train(session, claim, outcome.epochs_trained)
        recording.finish(session, claim.token, trial.id, outcome)

        session.expire_all()
        assert trial.objective == 35.0
        assert artifacts.read_model(session, trial.id) == b"better weights"


def test_a_trial_that_fails_after_its_promotion_keeps_its_model(database):
    with database.write() as session:
        made = searched(session, (TrialState.STOPPED, 42.5), (TrialState.QUEUED, 29.9))
        claim = claims.claim(session, "worker")

        train(session, claim, 5)
        recording.finish_held(
            session,
            claim.token,
            TrialOutcome(
                TrialState.FAILED, 5, error="diverged", failure_cause=FailureCause.DIVERGED
            ),
        )

        session.expire_all()
        best = artifacts.best_trial(session, made.id)
        assert (best.number, best.state) == (2, TrialState.FAILED)
        assert artifacts.read_model(session, best.id) == b"weights"


def test_a_search_whose_trials_all_failed_says_which_model_it_has(database):
    with database.write() as session:
        made = searched(session, (TrialState.FAILED, 42.5), (TrialState.FAILED, 29.9))
        for trial in session.query(Trial):
            trial.failure_cause = FailureCause.DIVERGED
        session.flush()

        lifecycle.close_finished(session)

        session.refresh(made)
        assert made.reason == (
            "Every trial failed (2: 2 × diverged). The model of trial 2 is from before it failed."
        )
        kinds = session.query(Artifact.kind).join(Trial).filter(Trial.number == 2)
        assert {kind for (kind,) in kinds} == {ArtifactKind.MODEL, ArtifactKind.BUNDLE}
