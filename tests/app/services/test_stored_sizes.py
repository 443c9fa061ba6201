"""Sizes are measured once, and again when a trial has ended."""

from app.services import stored_sizes
from app.services.overviews import build
from tests import factories


def test_sizes_are_true_after_each_trial_that_ends(database):
    sizes = []
    with database.write() as session:
        made = factories.experiment(session)
        for number in (1, 2):
            factories.completed_trial(session, made, number, units_1=number + 1)
            sizes.append(stored_sizes.measure(session, build(session, made), None).models)

    assert sizes == [7, 14]
