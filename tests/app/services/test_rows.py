"""Rows are found by their ids, and no number is too odd to be asked for."""

import pytest

from app.db.models import Dataset
from app.services.rows import find_row
from tests import factories


@pytest.mark.parametrize("number", [-1, 0, 2, 2**31, 2**63, 10**30])
def test_an_id_that_no_row_has_finds_none(database, number):
    with database.write() as session:
        dataset = factories.dataset(session)

        assert find_row(session, Dataset, dataset.id) is dataset
        assert find_row(session, Dataset, number) is None
