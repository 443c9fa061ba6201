"""Several experiments archived or deleted at once."""

import pytest

from app.domain.terms import TrialState
from app.errors import Invalid
from app.schemas import TrialChange
from app.services import annotations, bulk_changes
from tests import factories


def test_what_would_be_lost_is_counted_and_what_runs_stays(database):
    with database.write() as session:
        first = factories.experiment(session, name="first")
        for number in (1, 2):
            trial = factories.trial(session, first, number, units_1=number + 1)
        annotations.change_trial(session, trial, TrialChange(tags=["keep"]))
        running = factories.experiment(session, name="running")
        factories.trial(session, running, units_1=4).state = TrialState.RUNNING
        session.flush()
        ids = [first.id, running.id, 99, 2**40]

        losses = bulk_changes.find_losses(session, ids)
        deleted = bulk_changes.delete_all(session, ids)

        assert deleted == [first]
        assert [(loss.n_trials, loss.n_noted, loss.is_running) for loss in losses] == [
            (1, 0, True),
            (2, 1, False),
        ]
        assert bulk_changes.load(session, ids) == [running]


def test_several_are_archived_and_restored(database):
    with database.write() as session:
        made = [factories.experiment(session) for _ in range(3)]
        ids = [experiment.id for experiment in made[:2]]

        bulk_changes.archive_all(session, ids, is_archived=True)
        bulk_changes.archive_all(session, ids[:1], is_archived=False)

        assert [experiment.archived_at is not None for experiment in made] == [False, True, False]


def test_without_a_tick_nothing_is_done_and_that_is_said(database):
    with database.write() as session, pytest.raises(Invalid, match="Tick at least one"):
        bulk_changes.delete_all(session, [])
