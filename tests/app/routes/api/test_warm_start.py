"""Searches that start from earlier trials and pasted results, through the JSON API."""

import pytest

from tests import factories

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5, 6]}}
NOTHING = {"experiments": [], "trials": 0, "pasted": 0, "ignored": 0, "text": ""}


@pytest.fixture
def body(database):
    """Experiment 1 has two finished trials."""
    with database.write() as session:
        first = factories.experiment(session, space=SPACE)
        for number in (1, 2):
            factories.completed_trial(session, first, number, units_1=number + 1)
        return {"name": "again", "dataset_id": first.dataset_id, "strategy": "tpe", "space": SPACE}


def test_an_answer_says_what_a_search_started_from(client, body):
    wanted = {**body, "start_from": [1], "pasted_results": "units_1,objective\n5,2\n50,1\n"}
    answer = client.post("/api/experiments", json=wanted)

    assert answer.status_code == 201

    start = answer.json()["start"]

    assert {**start, "text": ""} == {
        "experiments": [1],
        "trials": 2,
        "pasted": 1,
        "ignored": 1,
        "text": "",
    }
    assert start["text"].startswith(
        "Warm start from 2 trials of experiment 1 and 1 pasted result. 1 more lies outside"
    )
    assert client.get("/api/experiments/2").json()["start"] == start


def test_a_search_that_starts_from_nothing_says_so(client, body):
    assert client.post("/api/experiments", json=body).json()["start"] == NOTHING


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"start_from": [9]}, ["body", "start_from"], "Experiment 9 not found."),
        ({"start_from": [0]}, ["body", "start_from", 0], "greater than or equal to 1"),
        ({"start_from": ["1"]}, ["body", "start_from", 0], "whole number"),
        ({"start_from": [1] * 21}, ["body", "start_from"], "at most 20 items"),
        ({"start_from": [1], "objective": "val_loss"}, ["body", "start_from"], "minimised rmse"),
        (
            {"pasted_results": "units_1,objective\n3,x"},
            ["body", "pasted_results"],
            'Line 2, column "objective"',
        ),
        (
            {"pasted_results": "units_1,objective\n3,2", "pasted_horizon": 12},
            ["body", "pasted_horizon"],
            "forecast 12 rows ahead, and this experiment is to forecast 1",
        ),
        (
            {"pasted_results": "x" * 500_001},
            ["body", "pasted_results"],
            "longer than 500000 characters",
        ),
    ],
)
def test_what_cannot_be_started_from_is_refused_at_its_place(client, body, changes, place, words):
    answer = client.post("/api/experiments", json={**body, **changes})

    assert answer.status_code == 422

    problems = {tuple(problem["loc"]): problem["msg"] for problem in answer.json()["detail"]}

    assert words in problems[tuple(place)]
