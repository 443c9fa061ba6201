"""How long a search is expected to take before it starts."""

import pytest

from app.schemas import ExperimentRequest
from app.services.expected_time import ExpectedTimes
from app.services.validation import check_request
from tests import factories

SPACE = {"units_1": {"integer": [2, 400]}, "epochs": 81}


@pytest.fixture
def expect(database):
    with database.write() as session:
        dataset_id = factories.dataset(session, rows=3000).id

    def expect_seconds(pruning="none", *, fills_budget=True, **space):
        body = {"name": "x", "dataset_id": dataset_id, "strategy": "random", "pruning": pruning}
        with database.read() as session:
            request = ExperimentRequest(**body, space=SPACE | space)
            checked = check_request(session, request)
            return ExpectedTimes(session).seconds(checked, 50, 2, fills_budget=fills_budget)

    return expect_seconds


def test_patience_and_pruning_end_trials_before_their_last_epoch(expect):
    whole = expect(patience=0)

    assert expect(patience=8) < 0.8 * whole
    assert expect("asha", patience=0, fills_budget=False) < 0.6 * whole


def test_trials_that_asha_pruned_go_on_until_a_time_budget_ends(expect):
    assert expect("asha", patience=0) == expect("none", patience=0)
