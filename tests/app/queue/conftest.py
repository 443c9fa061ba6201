"""What the tests of the queue share."""

import pytest

from tests import factories


@pytest.fixture
def queued(database) -> int:
    """An experiment with three queued trials of different trainings; its id."""
    with database.write() as session:
        experiment = factories.experiment(session)
        for number, units in enumerate((2, 3, 4), start=1):
            factories.trial(session, experiment, number, units_1=units)
        return experiment.id
