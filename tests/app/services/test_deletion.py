"""Deletes wait, can be undone meanwhile, and hide what they will delete."""

from datetime import timedelta

import pytest

from app.domain.terms import ExperimentState
from app.errors import Conflict, NotFound
from app.queue import claims, lifecycle
from app.services import (
    bulk_changes,
    cross_comparison,
    datasets,
    deletion,
    experiments,
    leaderboards,
    overviews,
    trials,
)
from app.services.cross_comparison import CrossRequest
from tests import factories


@pytest.fixture
def deleted(database) -> tuple[int, int]:
    """The ids of a queued experiment that was deleted, and of its trial."""
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.trial(session, experiment)
        deletion.mark_experiment(session, experiment)
        return experiment.id, trial.id


def test_a_deleted_experiment_is_hidden_and_nothing_of_it_begins(database, deleted):
    experiment_id, trial_id = deleted
    with database.write() as session:
        lifecycle.close_finished(session)
        claim = claims.claim(session, "worker")
        shown = overviews.listing(session).items

        with pytest.raises(NotFound):
            experiments.get(session, experiment_id)
        with pytest.raises(NotFound):
            trials.get(session, trial_id)

    assert claim is None
    assert shown == []


def test_what_was_deleted_is_neither_ranked_nor_compared_nor_changed_in_bulk(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.completed_trial(session, experiment)
        asked = CrossRequest([str(trial.id)], [str(experiment.id)])

        assert leaderboards.load(session, experiment.dataset) is not None
        assert cross_comparison.compare(session, asked).trials == (trial,)
        assert bulk_changes.load(session, [experiment.id]) == [experiment]

        deletion.mark_experiment(session, experiment)
        session.flush()

        assert leaderboards.load(session, experiment.dataset) is None
        compared = cross_comparison.compare(session, asked)
        assert compared.trials == ()
        assert "Experiment 1 not found." in compared.problem
        assert bulk_changes.load(session, [experiment.id]) == []


def test_an_experiment_that_is_restored_goes_on_where_it_was(database, deleted):
    experiment_id, _ = deleted
    with database.write() as session:
        deletion.carry_out(session)  # it is too early
        deletion.restore_experiment(session, experiment_id)
    with database.write() as session:
        experiment = experiments.get(session, experiment_id)

        assert experiment.state == ExperimentState.QUEUED
        assert claims.claim(session, "worker") is not None


def test_those_that_were_deleted_together_are_restored_together(database):
    with database.write() as session:
        earlier, *together = [factories.experiment(session) for _ in range(3)]
        deletion.mark_experiment(session, earlier)
        earlier.deleted_at -= timedelta(seconds=1)
        deletion.mark_experiments(session, together)
        session.flush()

        restored = deletion.restore_together(session, together[0].id)

        assert sorted(experiment.id for experiment in restored) == [2, 3]
        assert earlier.deleted_at is not None
        assert deletion.restore_together(session, together[0].id) == [together[0]]


def test_what_is_due_is_deleted_for_good_with_the_dataset_that_it_used(database, deleted):
    experiment_id, _ = deleted
    with database.write() as session:
        dataset = datasets.get(session, 1)
        deletion.mark_dataset(session, dataset)

        deletion.carry_out(session, min_seconds=0)

        with pytest.raises(NotFound, match="deleted for good"):
            deletion.restore_experiment(session, experiment_id)
        with pytest.raises(NotFound, match="deleted for good"):
            deletion.restore_dataset(session, dataset.id)
        assert not deletion.has_marked(session)


def test_a_dataset_in_use_and_a_running_experiment_are_not_deleted(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        factories.trial(session, experiment).state = "running"
        session.flush()

        with pytest.raises(Conflict, match="stop it first"):
            deletion.mark_experiment(session, experiment)
        with pytest.raises(Conflict, match="1 experiment uses this dataset"):
            deletion.mark_dataset(session, experiment.dataset)
