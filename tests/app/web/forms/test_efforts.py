"""Three amounts of effort, computed for the dataset, the space and the machine."""

import pytest

from app.schemas import ExperimentRequest
from app.services.expected_time import ExpectedTimes
from app.services.validation import check_request
from app.web.forms.efforts import effort_fields, list_efforts
from tests import factories

LARGE = {"units_1": {"integer": [2, 60]}, "learning_rate": {"loguniform": [1e-4, 1e-2]}}


@pytest.fixture
def dataset_id(database):
    with database.write() as session:
        return factories.dataset(session, rows=1000).id


def efforts_of(database, dataset_id, slots=1, **request):
    with database.read() as session:
        body = {"name": "x", "dataset_id": dataset_id, "strategy": "random"} | request
        checked = check_request(session, ExperimentRequest(**body))
        return list_efforts(ExpectedTimes(session), checked, slots)


def test_the_cards_fit_their_time_and_more_slots_fit_more_trials(database, dataset_id):
    quick, balanced, thorough = efforts_of(database, dataset_id, space=LARGE)
    with_slots = efforts_of(database, dataset_id, slots=8, space=LARGE)

    assert [quick.minutes, balanced.minutes, thorough.minutes] == [1, 10, 60]
    assert balanced.trials == pytest.approx(10 * quick.trials, rel=0.1)
    assert thorough.trials == pytest.approx(60 * quick.trials, rel=0.1)
    assert [effort.text.partition(" · ")[0] for effort in (quick, balanced, thorough)] == [
        "≈ 1 min",
        "≈ 10 min",
        "≈ 1 h",
    ]
    assert with_slots[0].trials > quick.trials


def test_a_small_space_has_no_more_trials_than_combinations_whatever_the_effort(
    database, dataset_id
):
    space = {"units_1": {"choice": [2, 3]}, "epochs": 2}

    efforts = efforts_of(database, dataset_id, space=space)

    assert [effort.trials for effort in efforts] == [2, 2, 2]


def test_what_a_card_sets_makes_it_the_chosen_one(database, dataset_id):
    efforts = efforts_of(database, dataset_id, space=LARGE)
    fields = effort_fields(efforts, "balanced")

    again = efforts_of(
        database,
        dataset_id,
        space=LARGE,
        max_trials=int(fields["max_trials"]),
        time_budget_seconds=60 * float(fields["budget_minutes"]),
    )

    assert [effort.is_chosen for effort in again] == [False, True, False]
    assert effort_fields(efforts, "endless") == {}


def test_without_a_search_that_can_run_a_card_sets_the_time_alone(database):
    with database.read() as session:
        efforts = list_efforts(ExpectedTimes(session), None, 1)

    assert effort_fields(efforts, "quick") == {"budget_minutes": "1"}
