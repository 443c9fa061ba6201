"""The file of a database with one dataset in it."""

import pytest

from tests import factories


@pytest.fixture
def file(settings, database):
    with database.write() as session:
        factories.dataset(session)
    return settings.data / "foretune.db"
