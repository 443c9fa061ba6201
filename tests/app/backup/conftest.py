"""A database with an experiment of three completed trials."""

import pytest

from tests import factories


@pytest.fixture
def filled(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        for number in (1, 2, 3):
            factories.completed_trial(
                session, experiment, number, objective=float(number), units_1=number + 1
            )
    return database
