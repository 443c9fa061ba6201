"""Which checkpoints stay, how much that is, and that a deletion gives space back."""

import os
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.db.models import Artifact, Experiment, Training, Trial
from app.domain.terms import ExperimentState, Keep, TrialState
from app.queue import storage
from app.queue.storage import StoredBytes
from app.services import deletion, experiments
from tests import factories

CHECKPOINT_BYTES = 5_000
ON_SQLITE = pytest.mark.each_database("sqlite")  # PostgreSQL takes care of its files itself
TABLES = ("experiments", "trials", "trainings", "epochs", "forecasts", "artifacts", "log_lines")
ONE_OF_EACH = (
    TrialState.COMPLETED,
    TrialState.COMPLETED,
    TrialState.STOPPED,
    TrialState.FAILED,
    TrialState.PRUNED,
    TrialState.QUEUED,
    TrialState.RUNNING,
)


@pytest.fixture
def search(database):
    """Makes a search with a trial in each of the given states, each with a checkpoint; its id.

    Trial 1 is the best of the evaluated ones.
    """

    def make(
        *states: TrialState, state: ExperimentState = ExperimentState.COMPLETED, **changes
    ) -> int:
        with database.write() as session:
            experiment = factories.experiment(session, max_trials=len(states), **changes)
            for number, trial_state in enumerate(states, start=1):
                trial = factories.completed_trial(
                    session, experiment, number, objective=float(number), units_1=number + 1
                )
                trial.state = trial_state
                if trial_state != TrialState.COMPLETED:
                    trial.objective = None
                training = session.get_one(Training, trial.training_id)
                training.checkpoint = bytes(CHECKPOINT_BYTES)
                training.checkpoint_epoch = 3
            experiment.state = state
        return experiment.id

    return make


def trials_with_checkpoint(database) -> list[int]:
    """Numbers of the trials whose training has its checkpoint."""
    with database.read() as session:
        query = (
            select(Trial.number)
            .join(Training)
            .where(Training.checkpoint.is_not(None))
            .order_by(Trial.number)
        )
        return list(session.scalars(query))


def tidy(database, keep, experiment_id) -> int:
    with database.write() as session:
        return storage.tidy(session, keep, [experiment_id])


def complete_experiment(database, experiment_id) -> None:
    with database.write() as session:
        session.get(Experiment, experiment_id).state = ExperimentState.COMPLETED


@pytest.mark.parametrize(
    ("keep", "left"),
    [(Keep.ALL, [1, 2, 3, 4, 5, 6, 7]), (Keep.RESUMABLE, [1, 3, 4, 6, 7]), (Keep.BEST, [6, 7])],
)
def test_the_setting_says_whose_checkpoints_stay(database, search, keep, left):
    experiment_id = search(*ONE_OF_EACH)

    dropped = tidy(database, keep, experiment_id)

    assert dropped == 7 - len(left)
    assert trials_with_checkpoint(database) == left


def test_pruned_trials_that_may_be_promoted_keep_theirs_until_the_search_is_over(database, search):
    states = (TrialState.COMPLETED, TrialState.PRUNED, TrialState.PRUNED)
    experiment_id = search(*states, state=ExperimentState.RUNNING, pruning="asha")
    assert tidy(database, Keep.RESUMABLE, experiment_id) == 0

    complete_experiment(database, experiment_id)

    assert tidy(database, Keep.RESUMABLE, experiment_id) == 2
    assert trials_with_checkpoint(database) == [1]


def test_a_search_over_epochs_keeps_all_while_it_runs_as_later_trials_may_share_any(
    database, search
):
    space = {**factories.TINY, "units_1": {"choice": [2, 3, 4]}, "epochs": {"choice": [5, 10]}}
    states = (TrialState.COMPLETED, TrialState.COMPLETED)
    experiment_id = search(*states, state=ExperimentState.RUNNING, space=space)
    assert tidy(database, Keep.RESUMABLE, experiment_id) == 0

    complete_experiment(database, experiment_id)

    assert tidy(database, Keep.RESUMABLE, experiment_id) == 1


@pytest.mark.parametrize(
    ("second_epochs", "left"), [(5, [1]), (9, [1, 2])], ids=["equal epochs", "other epochs"]
)
def test_a_search_over_points_keeps_all_while_it_runs_only_if_epochs_differ(
    database, search, second_epochs, left
):
    points = [{"units_1": 2, "epochs": 5}, {"units_1": 3, "epochs": second_epochs}]
    space = {name: value for name, value in factories.TINY.items() if name not in points[0]}
    states = (TrialState.COMPLETED, TrialState.COMPLETED)
    search_settings = {"strategy": "manual", "points": points, "space": space}
    experiment_id = search(*states, state=ExperimentState.RUNNING, **search_settings)

    tidy(database, Keep.RESUMABLE, experiment_id)

    assert trials_with_checkpoint(database) == left


def test_what_another_experiment_still_needs_stays(database, search):
    experiment_id = search(TrialState.COMPLETED, TrialState.COMPLETED)
    with database.write() as session:
        other = factories.experiment(session, max_trials=1)
        factories.trial(session, other, 1, units_1=3, epochs=50)  # goes on where trial 2 ended

    tidy(database, Keep.BEST, experiment_id)

    assert trials_with_checkpoint(database) == [1, 2]  # trial 2 here shares with trial 1 there


def test_the_size_of_an_experiment_is_what_lies_in_the_database_for_it(database, search, client):
    experiment_id = search(TrialState.COMPLETED, TrialState.COMPLETED)

    tidy(database, Keep.ALL, experiment_id)

    with database.read() as session:
        stored = storage.measure(session, experiment_id)
        forecasts = session.execute(text("SELECT sum(length(predicted)) FROM forecasts")).scalar()
        noted = session.get(Experiment, experiment_id).stored_bytes
    assert stored == StoredBytes(14, 0, forecasts, 2 * CHECKPOINT_BYTES)
    assert noted == stored.total == 14 + forecasts + 2 * CHECKPOINT_BYTES
    assert client.get(f"/api/experiments/{experiment_id}").json()["stored_bytes"] == noted
    words = f"{noted / 1000:.1f} kB"
    assert words in client.get("/experiments").text
    assert words in client.get(f"/experiments/{experiment_id}").text
    assert "checkpoints 10.0 kB" in client.get(f"/experiments/{experiment_id}").text


def test_deleting_an_experiment_frees_its_rows(database, search, client):
    experiment_id = search(TrialState.COMPLETED, TrialState.COMPLETED, TrialState.COMPLETED)

    assert (
        client.post(f"/experiments/{experiment_id}/delete", follow_redirects=False).status_code
        == 303
    )

    with database.write() as session:
        deletion.carry_out(session, min_seconds=0)
    with database.read() as session:
        counts = [session.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in TABLES]
    assert dict(zip(TABLES, counts, strict=True)) == dict.fromkeys(TABLES, 0)


@ON_SQLITE
def test_the_file_of_a_deleted_experiment_shrinks(database, search, client, settings):
    experiment_id = search(TrialState.COMPLETED, TrialState.COMPLETED, TrialState.COMPLETED)
    with database.write() as session:
        for artifact in session.scalars(select(Artifact)):
            artifact.content = os.urandom(2_000_000)
    database.close()
    file = settings.data / "foretune.db"
    before = file.stat().st_size

    assert (
        client.post(f"/experiments/{experiment_id}/delete", follow_redirects=False).status_code
        == 303
    )

    with database.write() as session:
        session.get_one(Experiment, experiment_id).deleted_at -= timedelta(seconds=60)
    assert not client.app.state.deletion_timer.carry_out()
    database.close()

    assert before - file.stat().st_size > 5_900_000
    with database.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


@ON_SQLITE
@pytest.mark.parametrize("auto_vacuum", [0, 2])
@pytest.mark.parametrize("fraction", [0.2, 0.9])
def test_a_file_shrinks_whether_little_or_much_of_it_is_free_and_however_old_it_is(
    database, auto_vacuum, fraction
):
    with database.write() as session:
        for number in range(100):
            session.add(
                Training(
                    fingerprint=str(number), checkpoint=os.urandom(100_000), checkpoint_epoch=1
                )
            )
    with closing(database.engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA auto_vacuum={auto_vacuum}")
        connection.cursor().execute("VACUUM")
    with database.write() as session:
        session.query(Training).filter(Training.id <= 100 * fraction).delete()

    assert (
        database.shrink() >= 0.99 * 100_000 * 100 * fraction
    )  # an old file gets a map of its pages
    assert database.shrink() == 0
    with database.read() as session:
        assert session.query(Training).count() == round(100 * (1 - fraction))
        assert session.execute(text("PRAGMA auto_vacuum")).scalar() == 2


def test_nothing_is_dropped_of_an_experiment_that_was_deleted(database, search):
    experiment_id = search(TrialState.COMPLETED)
    with database.write() as session:
        experiments.delete(session, session.get(Experiment, experiment_id))

    assert tidy(database, Keep.BEST, experiment_id) == 0
