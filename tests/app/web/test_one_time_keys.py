"""The same click twice, and the same request of a program twice: four at once do it once."""

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db.models import Dataset, Experiment, RequestKey, Upload
from app.web.forms.experiment import blank_fields
from app.web.forms.space_editor import space_fields
from tests import factories

pytestmark = pytest.mark.each_database
N_AT_ONCE = 4


@pytest.fixture
def experiment_id(database):
    with database.write() as session:
        return factories.experiment(session, time_budget_seconds=600).id


def at_once(client: TestClient, send: Callable[[TestClient], Response]) -> list[Response]:
    """The answers to the same request, sent by four threads at once."""
    answers: list[Response] = []
    barrier = Barrier(N_AT_ONCE)

    def run() -> None:
        sender = TestClient(client.app, base_url="http://localhost", follow_redirects=False)
        barrier.wait()
        answers.append(send(sender))

    threads = [Thread(target=run) for _ in range(N_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def key_in(page: str, action: str) -> str:
    """The one-time key in the form of a page."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form is not None
    key = re.search(r'name="one_time_key" value="([^"]{16,})"', form[0])
    assert key is not None
    return key[1]


def locations(answers: list[Response]) -> set[str]:
    assert [answer.status_code for answer in answers] == [303] * N_AT_ONCE
    return {answer.headers["location"] for answer in answers}


def max_trials(client: TestClient, experiment_id: int) -> int:
    return client.get(f"/api/experiments/{experiment_id}").json()["max_trials"]


def test_an_upload_saved_four_times_is_one_dataset(client, database):
    file = {"file": ("walk.csv", factories.random_walk_csv())}
    upload = client.post("/datasets", files=file, follow_redirects=False).headers["location"]
    page = client.get(upload).text
    answers = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answers |= {"name": "walk", "target": "Close", "features": "Close"}

    saved = at_once(client, lambda sender: sender.post(upload, data=answers))
    once_more = client.post(upload, data=answers, follow_redirects=False)

    assert locations(saved) == {"/datasets/1"}
    assert once_more.headers["location"] == "/datasets/1"
    with database.read() as session:
        assert session.query(Dataset).count() == 1
        assert session.query(Upload).count() == 0


def test_a_file_sent_four_times_by_one_form_is_one_upload(client, database):
    key = key_in(client.get("/datasets").text, "/datasets")

    def send(sender: TestClient) -> Response:
        file = {"file": ("walk.csv", factories.random_walk_csv())}
        return sender.post("/datasets", files=file, data={"one_time_key": key})

    assert len(locations(at_once(client, send))) == 1
    with database.read() as session:
        assert session.query(Upload).count() == 1


def test_the_form_for_an_experiment_sent_four_times_makes_one(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    page = client.get("/experiments/new").text
    space = {**factories.TINY, "units_1": {"choice": [2, 3]}}
    fields = blank_fields() | space_fields(space)
    fields |= {"name": "twice", "dataset_id": str(dataset_id), "strategy": "random"}
    fields["one_time_key"] = key_in(page, "/experiments")

    made = at_once(client, lambda sender: sender.post("/experiments", data=fields))
    changed = client.post("/experiments", data=fields | {"name": "x"}, follow_redirects=False)

    assert locations(made) == {"/experiments/1"}
    assert changed.headers["location"] == "/experiments/2"
    with database.read() as session:
        assert session.query(Experiment).count() == 2


def test_a_form_that_was_refused_can_be_sent_again_with_its_key(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    fields = blank_fields() | {
        "max_trials": "0",
        "dataset_id": str(dataset_id),
        "one_time_key": "k" * 20,
    }

    refused = client.post("/experiments", data=fields)

    assert refused.status_code == 422
    assert "k" * 20 not in refused.text
    with database.read() as session:
        assert session.query(RequestKey).count() == 0


@pytest.mark.parametrize(
    ("action", "field"), [("add-trials", {"count": "5"}), ("add-time", {"minutes": "1"})]
)
def test_more_trials_and_more_time_are_added_once(client, experiment_id, action, field):
    page = f"/experiments/{experiment_id}"
    before = client.get(f"/api{page}").json()
    key = key_in(client.get(page).text, f"{page}/{action}")
    fields = field | {"one_time_key": key}

    added = at_once(client, lambda sender: sender.post(f"{page}/{action}", data=fields))
    after = client.get(f"/api{page}").json()

    assert locations(added) == {page}
    n_trials = after["max_trials"] - before["max_trials"]
    seconds = after["time_budget_seconds"] - before["time_budget_seconds"]
    assert (n_trials, seconds) in {(5, 0), (0, 60)}


def test_each_look_at_a_page_has_a_key_of_its_own_so_that_a_second_click_counts(
    client, experiment_id
):
    page = f"/experiments/{experiment_id}"
    before = max_trials(client, experiment_id)

    for _ in range(2):
        key = key_in(client.get(page).text, f"{page}/add-trials")
        client.post(f"{page}/add-trials", data={"count": "5", "one_time_key": key})

    assert max_trials(client, experiment_id) == before + 10


def test_a_program_adds_trials_once_with_a_key_and_each_time_without(client, experiment_id):
    url = f"/api/experiments/{experiment_id}/add-trials"
    before = max_trials(client, experiment_id)
    headers = {"Idempotency-Key": "nightly"}

    answers = at_once(client, lambda sender: sender.post(url, json={"count": 5}, headers=headers))
    with_key = max_trials(client, experiment_id)
    at_once(client, lambda sender: sender.post(url, json={"count": 5}))

    assert {answer.json()["max_trials"] for answer in answers} == {before + 5}
    assert with_key == before + 5
    assert max_trials(client, experiment_id) == before + 5 + 5 * N_AT_ONCE


def test_a_program_makes_an_experiment_once(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    body = factories.request(dataset_id).model_dump(mode="json", exclude_unset=True)
    headers = {"Idempotency-Key": "nightly"}

    made = at_once(
        client, lambda sender: sender.post("/api/experiments", json=body, headers=headers)
    )
    changed = client.post("/api/experiments", json=body | {"name": "other"}, headers=headers)

    assert [answer.status_code for answer in made] == [201] * N_AT_ONCE
    assert {answer.json()["id"] for answer in made} == {1}
    assert changed.json()["id"] == 2


def test_a_program_uploads_a_dataset_once(client, database):
    headers = {"Idempotency-Key": "nightly"}

    def send(sender: TestClient, seed: int = 0) -> Response:
        file = {"file": ("walk.csv", factories.random_walk_csv(seed=seed))}
        return sender.post("/api/datasets", files=file, headers=headers)

    made = at_once(client, send)
    other_content = send(client, seed=1)

    assert {answer.json()["id"] for answer in made} == {1}
    assert other_content.json()["id"] == 2


def test_a_key_that_is_too_long_is_refused_in_words(client, experiment_id):
    url = f"/api/experiments/{experiment_id}/add-trials"

    answer = client.post(url, json={"count": 5}, headers={"Idempotency-Key": "x" * 201})

    assert answer.status_code == 422
    assert "200 characters" in answer.json()["detail"][0]["msg"]
