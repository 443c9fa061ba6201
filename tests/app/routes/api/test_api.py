"""The JSON API, as others rely on it."""

import json

import pytest

from app.db.models import Dataset, Worker
from app.domain.presets import QUICK_LOOK
from app.domain.targets import possible_targets
from app.routes.api.examples import EXPERIMENTS
from app.services import datasets
from tests import factories

SPACE = {"units_1": {"choice": [2, 3]}, "time_steps": 4, "batch_size": 16, "epochs": 2}


@pytest.fixture
def dataset_id(client):
    answer = client.post(
        "/api/datasets",
        files={"file": ("walk.csv", factories.random_walk_csv())},
        data={"name": "walk"},
    )
    assert answer.status_code == 201
    return answer.json()["id"]


@pytest.fixture
def body(dataset_id):
    return {
        "name": "a",
        "dataset_id": dataset_id,
        "strategy": "random",
        "max_trials": 3,
        "space": SPACE,
    }


@pytest.fixture
def judged(database):
    """An experiment with one judged trial: (experiment, trial)."""
    with database.write() as session:
        made = factories.experiment(session)
        return made.id, factories.completed_trial(session, made).id


def messages(answer):
    return {
        ".".join(map(str, problem["loc"])): problem["msg"] for problem in answer.json()["detail"]
    }


def test_health_says_that_all_is_well(client):
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_dataset_is_recognised_from_its_csv(client, dataset_id):
    found = client.get(f"/api/datasets/{dataset_id}").json()

    assert (found["rows"], found["date"], found["target"]) == (120, "Date", "Close")
    assert found["features"] == ["Open", "Close", "Volume"]
    assert client.get("/api/datasets").json()["total"] == 1


def test_target_date_and_features_can_be_said(client):
    form = {"name": "w", "target": "Open", "date": "Date", "features": "Close,Volume"}
    answer = client.post(
        "/api/datasets", files={"file": ("w.csv", factories.random_walk_csv())}, data=form
    )

    assert answer.json()["target"] == "Open"
    assert answer.json()["features"] == ["Open", "Close", "Volume"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary"),
        (b"a,b\nx,y\nu,v\n", "No column holds numbers"),
        (b"Date,Close\n2020-01-01,1\n2020-01-02,2\n", "rows are left"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(client, content, words):
    answer = client.post("/api/datasets", files={"file": ("x.csv", content)})

    assert answer.status_code == 422
    assert words in messages(answer)["body.file"]


def test_an_unknown_target_is_refused_at_its_field(client):
    answer = client.post(
        "/api/datasets",
        files={"file": ("w.csv", factories.random_walk_csv())},
        data={"target": "Nope"},
    )

    assert "not found" in messages(answer)["body.target"]


def test_a_file_over_the_limit_is_refused(client, settings):
    settings.upload_limit_mb = 1
    answer = client.post(
        "/api/datasets", files={"file": ("w.csv", b"Date,Close\n" + b"2020-01-01,1\n" * 90_000)}
    )

    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"][0]["msg"]


def test_an_experiment_is_created_and_read_back(client, body):
    answer = client.post("/api/experiments", json=body)

    assert answer.status_code == 201

    found = client.get(f"/api/experiments/{answer.json()['id']}").json()

    assert found["space"]["units_1"] == {"choice": [2, 3]}
    assert found["split"] == {"train": 0.8, "validation": 0.1, "test": 0.1}
    assert (found["state"], found["finished"], found["objective"]) == ("queued", 0, "rmse")


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\n", "\x7f", "\x85"])
def test_a_name_with_a_control_character_is_refused(client, body, sign):
    refused = client.post("/api/experiments", json={**body, "name": f"a{sign}b"})

    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "name"]
    assert "control characters" in refused.json()["detail"][0]["msg"]

    file = {"file": ("walk.csv", factories.random_walk_csv())}

    assert client.post("/api/datasets", files=file, data={"name": f"a{sign}b"}).status_code == 422


def test_what_a_request_leaves_out_has_a_good_default(client, dataset_id):
    answer = client.post("/api/experiments", json={"name": "plain", "dataset_id": dataset_id})

    assert answer.status_code == 201
    assert answer.json()["strategy"] == "gp"
    assert answer.json()["time_budget_seconds"] == 120


def test_manual_points_decide_the_number_of_trials(client, body):
    body |= {"strategy": "manual", "points": [{"units_1": 2}, {"units_1": 7, "epochs": 1}]}
    body["space"] = {"time_steps": 4, "batch_size": 16}
    answer = client.post("/api/experiments", json=body).json()

    assert answer["max_trials"] == 2
    assert [point["units_1"] for point in answer["points"]] == [2, 7]
    assert answer["points"][0]["time_steps"] == 4


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({"name": ""}, "body.name", "needed"),
        ({"dataset_id": 99}, "body.dataset_id", "not found"),
        ({"strategy": "magic"}, "body.strategy", "no strategy"),
        ({"max_trials": 0}, "body.max_trials", "greater than or equal"),
        ({"space": {"units_1": {"choice": []}}}, "body.space.units_1", "value"),
        ({"space": {"nonsense": 3}}, "body.space.nonsense", "not found"),
        ({"space": {"stateful": True, "shuffle": True}}, "body.space.shuffle", "stateful"),
        ({"space": {"time_steps": 500}}, "body.space.time_steps", "rows"),
        ({"split": {"train": 0.5, "validation": 0.1, "test": 0.1}}, "body.split", "add up"),
        ({"strategy": "manual", "points": []}, "body.points", "at least one point"),
        ({"strategy": "manual", "points": [{"epochs": -1}]}, "body.points.0.epochs", "epochs"),
        (
            {"strategy": "grid", "space": {"dropout_1": {"uniform": [0, 0.5]}}},
            "body.space.dropout_1",
            "grid",
        ),
    ],
)
def test_bad_input_is_refused_in_words_at_its_field(client, body, change, at, words):
    answer = client.post("/api/experiments", json=body | change)

    assert answer.status_code == 422
    assert words in messages(answer)[at]


def negative_dataset(client):
    files = {"file": ("change.csv", factories.signed_csv())}
    return client.post("/api/datasets", files=files, data={"name": "change"}).json()["id"]


def test_the_quick_look_runs_on_a_series_with_negative_values(client, database):
    dataset_id = negative_dataset(client)
    with database.read() as session:
        targets = possible_targets(datasets.series(session, session.get(Dataset, dataset_id)))

    space = QUICK_LOOK.space_for(targets)
    answer = client.post(
        "/api/experiments", json={"name": "a", "dataset_id": dataset_id, "space": space}
    )

    assert answer.status_code == 201
    assert answer.json()["space"]["target"] == {"choice": ["level", "difference"]}


def test_a_log_return_of_negative_values_is_refused_in_words(client):
    body = {"name": "a", "dataset_id": negative_dataset(client), "space": dict(QUICK_LOOK.space)}

    answer = client.post("/api/experiments", json=body)

    assert answer.status_code == 422
    assert "zero or less, which have no logarithm" in messages(answer)["body.space.target"]


def test_a_new_experiment_stores_the_defaults_of_new_experiments(client, body):
    space = client.post("/api/experiments", json=body).json()["space"]

    assert (space["scaling"], space["shuffle"]) == ("standard", True)


def test_points_get_the_defaults_of_new_experiments_where_these_are_possible(client, body):
    points = [
        {},
        {"stateful": True, "batch_size": 4},
        {"output_activation": "sigmoid"},
        {"scaling": "minmax"},
    ]

    answer = client.post("/api/experiments", json=body | {"strategy": "manual", "points": points})

    assert [(point["scaling"], point["shuffle"]) for point in answer.json()["points"]] == [
        ("standard", True),
        ("standard", False),
        ("minmax", True),
        ("minmax", True),
    ]


def test_trials_are_paged_sorted_and_filtered(client, database):
    with database.write() as session:
        made = factories.experiment(session)
        for number, objective in enumerate((3.0, 1.0, 2.0), start=1):
            factories.completed_trial(session, made, number, objective, units_1=number + 4)
        factories.trial(session, made, 4, units_1=30)
        experiment_id = made.id

    url = f"/api/experiments/{experiment_id}/trials"
    best = client.get(url, params={"sort": "objective", "size": 2}).json()

    assert [trial["number"] for trial in best["items"]] == [2, 3]
    assert best["total"] == 4

    by_units = client.get(url, params={"sort": "-parameters.units_1", "state": "completed"}).json()

    assert [trial["number"] for trial in by_units["items"]] == [3, 2, 1]
    assert client.get(url, params={"sort": "nonsense"}).status_code == 422
    assert client.get(url, params={"size": 201}).status_code == 422


def test_a_trial_has_metrics_a_diagnosis_and_a_verdict(client, judged):
    found = client.get(f"/api/trials/{judged[1]}").json()

    scores = {"rmse": 1.0, "mae": 0.5, "mape": 0.02, "skill": 0.1, "coverage_80": 1.0}
    assert found["metrics"]["test"] == found["metrics"]["test"] | scores
    assert found["diagnosis"]["kind"] == "too short"
    assert "Beats" in found["verdict"]


def test_the_points_of_a_forecast_have_bands_and_its_steps_have_scores(client, judged):
    address = f"/api/trials/{judged[1]}"

    first, *_, last = client.get(f"{address}/forecast").json()["items"]
    steps = client.get(f"{address}/steps", params={"part": "test"}).json()["items"]

    assert last["lower_80"] == pytest.approx(last["predicted"] - 0.25)
    assert last["upper_95"] == pytest.approx(last["predicted"] + 0.25)
    assert first["lower_95"] is None  # 12 rows of validation are too few
    assert steps == [
        {
            "step": 1,
            "rmse": 1.0,
            "mae": 0.5,
            "skill": 0.1,
            "coverage_80": 1.0,
            "coverage_95": 1.0,
            "naive_rmse": pytest.approx(0.8, abs=0.4),  # of a random walk
            "seasonal_naive_rmse": None,
        }
    ]


def test_trials_are_sorted_and_filtered_by_more_scores(client, database, judged):
    address = f"/api/experiments/{judged[0]}/trials"
    whole = client.get(address, params={"sort": "-test_mase"}).json()

    above = client.get(address, params={"search": "test_coverage_80>0.5"}).json()
    below = client.get(address, params={"search": "test_coverage_80<0.5"}).json()

    assert whole["items"][0]["metrics"]["test"]["mase"] is not None
    assert above["total"] == 1
    assert below["total"] == 0


def test_epochs_and_forecasts_are_lists(client, judged):
    epochs = client.get(f"/api/trials/{judged[1]}/epochs").json()

    assert epochs["total"] == 3
    columns = {"number", "train_loss", "val_loss", "objective", "mae", "seconds"}
    assert set(epochs["items"][0]) == columns

    points = client.get(f"/api/trials/{judged[1]}/forecast", params={"part": "validation"}).json()

    assert points["total"] == 12

    first, second = points["items"][:2]

    assert first["predicted"] == pytest.approx(first["actual"] + 0.25)
    assert second["naive"] == first["actual"]
    assert first["at"] == "2020-04-06"


def test_a_trial_without_a_forecast_has_none(client, database):
    with database.write() as session:
        factories.trial(session, factories.experiment(session), 1)

    assert client.get("/api/trials/1/forecast").status_code == 404


def test_stopping_and_resuming_and_what_cannot_be(client, body):
    url = f"/api/experiments/{client.post('/api/experiments', json=body).json()['id']}"

    assert client.post(f"{url}/resume").status_code == 409
    assert client.post(f"{url}/stop").json()["state"] == "stopped"
    assert client.post(f"{url}/stop").status_code == 409
    assert client.post(f"{url}/resume").json()["state"] == "queued"


def test_trials_and_time_are_added_within_bounds(client, body):
    made = client.post("/api/experiments", json={**body, "time_budget_seconds": 60}).json()
    url = f"/api/experiments/{made['id']}"

    assert (
        client.post(f"{url}/add-trials", json={"count": 3}).json()["max_trials"]
        == made["max_trials"] + 3
    )
    assert client.post(f"{url}/add-time", json={"seconds": 90}).json()["time_budget_seconds"] == 150
    assert client.post(f"{url}/add-trials", json={"count": 0}).status_code == 422
    assert client.post(f"{url}/add-trials", json={"count": 50_000}).status_code == 200
    assert client.post(f"{url}/add-trials", json={"count": 100_000}).status_code == 409
    assert client.post(f"{url}/add-time", json={"seconds": 10_000_000}).status_code == 409
    assert client.post(f"{url}/add-time", json={"seconds": -1}).status_code == 422


def test_a_completed_trial_can_be_neither_stopped_nor_retried(client, judged):
    assert client.post(f"/api/trials/{judged[1]}/stop").status_code == 409
    assert client.post(f"/api/trials/{judged[1]}/retry").status_code == 409


def test_health_counts_the_workers(client, database):
    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))

    assert client.get("/healthz").json()["workers"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/datasets/9",
        "/api/experiments/9",
        "/api/experiments/9/trials",
        "/api/trials/9",
        "/api/trials/9/epochs",
    ],
)
def test_what_is_not_there_is_404_in_words(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "not found" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "x", "1.5", "%00"])
def test_an_impossible_id_is_refused_not_crashed_on(client, number):
    assert client.get(f"/api/trials/{number}").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"name": "\\ud800", "dataset_id": 1}',
        b'{"name": "a\\u0000b", "dataset_id": 1}',
        b'{"name": "a", "dataset_id": 1, "space": {"learning_rate": NaN}}',
        b'{"name": "a", "dataset_id": 1e400}',
        b'{"name": "a", "dataset_id": 1, "seed": 123456789012345678901234567890}',
        b'{"name": "a", "dataset_id": 1, "space": {"units_1": {"choice": [[[[]]]]}}}',
        json.dumps(
            {"name": "a", "dataset_id": 1, "space": {"units_1": {"when": {"units_1": 2}}}}
        ).encode(),
        b"\xff\xfe\x00",
    ],
)
def test_nothing_a_client_sends_crashes_the_server(client, dataset_id, content):
    answer = client.post(
        "/api/experiments", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in (201, 422, 400)


@pytest.mark.parametrize("name", sorted(EXPERIMENTS))
def test_the_examples_in_the_documentation_work_as_they_are(client, database, name):
    with database.write() as session:
        factories.dataset(session, rows=400)

    answer = client.post("/api/experiments", json=EXPERIMENTS[name]["value"])

    assert answer.status_code == 201, answer.json()


def test_an_experiment_forecasts_one_row_ahead_unless_it_is_asked_for_more(client, body):
    plain = client.post("/api/experiments", json=body)
    several = client.post("/api/experiments", json=body | {"horizon": 5})
    default = client.post(
        "/api/experiments", json={"name": "d", "dataset_id": body["dataset_id"], "horizon": 5}
    )

    assert (plain.json()["horizon"], several.json()["horizon"]) == (1, 5)
    assert (default.status_code, default.json()["horizon"]) == (201, 5)


@pytest.mark.parametrize("horizon", [13, 0, 501])
def test_a_horizon_that_does_not_fit_is_refused_at_its_field(client, body, horizon):
    answer = client.post("/api/experiments", json=body | {"horizon": horizon})

    assert answer.status_code == 422
    assert "body.horizon" in messages(answer)


def test_a_forecast_is_read_at_one_step(client, database):
    with database.write() as session:
        made = factories.experiment(session, horizon=3)
        trial_id = factories.completed_trial(session, made).id
    address = f"/api/trials/{trial_id}/forecast"

    first = client.get(address).json()["items"]
    third = client.get(address, params={"step": 3}).json()["items"]
    unknown = client.get(address, params={"step": 4})

    assert len(first) == len(third) == 10
    assert third[0]["at"] == first[2]["at"]
    assert third[0]["actual"] == first[2]["actual"]
    assert third[0]["naive"] == first[0]["naive"]
    assert unknown.status_code == 422
    assert "choose a step from 1 to 3" in messages(unknown)["query.step"]
