"""Deletes are carried out a while later, also by the next server."""

from datetime import timedelta

from app.db.models import Dataset
from app.services import deletion
from app.web.deletion_timer import DeletionTimer
from tests import factories


def test_a_server_carries_out_what_an_earlier_one_left(database):
    with database.write() as session:
        old = factories.dataset(session, name="old")
        new = factories.dataset(session, name="new")
        for dataset in (old, new):
            deletion.mark_dataset(session, dataset)
        old.deleted_at -= timedelta(seconds=deletion.UNDO_SECONDS)

    timer = DeletionTimer(database)
    is_more_to_do = timer.carry_out()

    assert is_more_to_do
    with database.read() as session:
        assert [dataset.name for dataset in session.query(Dataset)] == ["new"]


def test_a_closed_timer_starts_no_more(database):
    timer = DeletionTimer(database)

    timer.schedule()
    timer.close()
    timer.schedule()

    assert timer._timer.finished.is_set()
