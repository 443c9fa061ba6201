"""The reduction strategy through the JSON API: its options, its refusals, its steps."""

import pytest

from app.domain.reduction.steps import Evidence, ReductionStep
from app.queue import reduction
from tests import factories

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4]}}
OPTIONS = {"method": "kendall", "interval": 5, "window": None, "threshold": 0.4}


@pytest.fixture
def body(database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    return {
        "name": "thinned",
        "dataset_id": dataset_id,
        "strategy": "reduction",
        "max_trials": 20,
        "space": SPACE,
    }


def options_of(answer):
    return {name: answer.json()[f"reduction_{name}"] for name in OPTIONS}


def test_the_options_have_the_names_they_have_in_talos(client, body):
    answer = client.post(
        "/api/experiments",
        json={**body, **{f"reduction_{name}": OPTIONS[name] for name in OPTIONS}},
    )

    assert answer.status_code == 201
    assert options_of(answer) == OPTIONS


def test_options_that_are_left_out_have_good_defaults(client, body):
    answer = client.post("/api/experiments", json=body)

    assert options_of(answer) == {
        "method": "spearman",
        "interval": 4,
        "window": None,
        "threshold": 0.3,
    }


def test_a_long_search_looks_a_twentieth_of_its_trials_apart(client, body):
    answer = client.post("/api/experiments", json={**body, "max_trials": 990})

    assert options_of(answer)["interval"] == 50


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("method", "trees", "Choose one of: spearman, kendall, pearson, correlation"),
        ("interval", 0, "greater than or equal to 1"),
        ("window", 3, "greater than or equal to 4"),
        ("window", 200_000, "less than or equal to 100000"),
        ("threshold", 0, "greater than 0"),
        ("threshold", 1, "less than 1"),
    ],
)
def test_an_impossible_option_is_refused_at_its_field(client, body, name, value, words):
    answer = client.post("/api/experiments", json={**body, f"reduction_{name}": value})

    assert answer.status_code == 422

    (problem,) = answer.json()["detail"]

    assert problem["loc"][-1] == f"reduction_{name}"
    assert words in problem["msg"]


def test_the_options_are_refused_with_another_strategy(client, body):
    answer = client.post(
        "/api/experiments", json={**body, "strategy": "random", "reduction_interval": 5}
    )

    assert answer.status_code == 422
    assert (
        answer.json()["detail"][0]["msg"]
        == "reduction_interval goes with the strategy reduction alone."
    )


def test_looks_are_listed_with_their_evidence(client, database):
    evidence = Evidence("units_1", (4,), (2, 3), 0.6, 0.02, 3, 7, 2.5, 1.5)
    steps = [
        ReductionStep(1, 5, 5, "spearman", None, False, 3, 3, 1.0),
        ReductionStep(2, 10, 10, "spearman", evidence, True, 3, 2, 2 / 3),
    ]
    with database.write() as session:
        made = factories.experiment(session, strategy="reduction", space=SPACE).id
        reduction.record(session, made, steps)

    answer = client.get(f"/api/experiments/{made}/reduction-steps").json()

    assert answer["total"] == 2

    first, second = answer["items"]

    assert (first["parameter"], first["dropped"], first["coefficient"]) == (None, [], None)
    assert (second["parameter"], second["dropped"], second["kept"], second["is_cut"]) == (
        "units_1",
        [4],
        [2, 3],
        True,
    )
    assert (second["size_before"], second["size_after"], second["p_value"]) == (3, 2, 0.02)


def test_looks_of_an_experiment_that_is_not_there_are_not_found(client):
    assert client.get("/api/experiments/77/reduction-steps").status_code == 404
