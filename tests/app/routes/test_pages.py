"""What all pages have in common: banner, fragments, refusals, footer."""

import time

import pytest

from app.db.models import Worker
from app.queue import workers
from app.web.response_cache import SHARED_SECONDS
from tests.pages import text_of

pytestmark = pytest.mark.each_database


def test_without_anything_the_first_page_says_what_to_do(client):
    page = (
        client.get("/").text
        if client.get("/").status_code == 200
        else client.get("/experiments").text
    )

    assert "No experiment yet" in page
    assert "Upload a CSV" in page


def test_the_root_leads_to_the_experiments(client):
    assert client.get("/", follow_redirects=False).headers["location"] == "/experiments"


def test_without_a_worker_a_banner_says_how_to_start_one(client, database):
    assert "foretune worker" in client.get("/experiments").text

    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))

    time.sleep(SHARED_SECONDS)  # another process wrote
    page = text_of(client.get("/experiments").text)

    assert "foretune worker" not in page
    assert "1 worker, 2 slots" in page


@pytest.mark.parametrize("path", ["/experiments", "/experiments/live", "/datasets"])
def test_a_banner_says_why_a_worker_cannot_go_on(client, database, path):
    trouble = "1 of 2 slots cannot be started: Too many open files."
    with database.write() as session:
        session.add(Worker(id="fine", hostname="here", pid=1, slots=2))
        session.add(Worker(id="held up", hostname="here", pid=2, slots=2, trouble=trouble))

    page = text_of(client.get(path).text)

    assert f"A worker cannot go on.</strong> {trouble}" in page
    assert "Nothing can be stored" not in page


def test_a_banner_says_that_a_worker_died_until_one_runs_again(client, database):
    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
        workers.store_death(session, "here", 1, "The worker was ended by SIGKILL.")
        workers.store_death(session, "here", 2, "The worker ended with exit code 1.")

    page = text_of(client.get("/experiments").text)
    with database.write() as session:
        session.add(Worker(id="next", hostname="here", pid=3, slots=2))
    time.sleep(SHARED_SECONDS)  # another process wrote
    later_page = text_of(client.get("/experiments").text)

    assert "No worker is running.</strong> The worker ended with exit code 1." in page
    assert "exit code" not in later_page
    assert "1 worker, 2 slots" in later_page


@pytest.mark.parametrize("path", ["/experiments/live", "/experiments/1/live", "/trials/1/live"])
def test_fragments_hold_parts_with_ids(client, searched, path):
    assert "data-part" in client.get(path).text


@pytest.mark.parametrize(
    "path", ["/experiments/1/live", "/experiments/1/charts/objective", "/trials/1/charts/losses"]
)
def test_what_is_shared_says_the_same_packed_and_unpacked(client, searched, path):
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers.get("etag") == plain.headers.get("etag")
    assert packed.headers["content-type"] == plain.headers["content-type"]


def test_what_cannot_be_done_says_why_on_a_page(client, searched):
    answer = client.post(f"/trials/{searched.trial_id}/retry")

    assert answer.status_code == 409
    assert "only one that failed, was stopped or was withdrawn can be tried again" in answer.text
    assert f'href="/trials/{searched.trial_id}">Back to the trial' in answer.text

    answer = client.post(
        f"/experiments/{searched.experiment_id}/add-trials", data={"count": "many"}
    )

    assert answer.status_code == 422
    assert f'href="/experiments/{searched.experiment_id}">Back to the experiment' in answer.text


@pytest.mark.parametrize(
    "path", ["/experiments/999", "/experiments/x", "/nowhere", "/trials/999/charts/losses"]
)
def test_what_is_not_there_leads_to_the_experiments(client, path):
    assert "To the experiments" in client.get(path).text


@pytest.mark.parametrize(
    "path", ["/experiments/77", "/trials/77", "/datasets/77", "/uploads/77", "/nowhere"]
)
def test_what_is_not_there_is_a_page_that_says_so(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text


@pytest.mark.parametrize(
    "number", ["0", "-1", "-1180591620717411303424", "9" * 23, pytest.param("9" * 5000, id="long")]
)
@pytest.mark.parametrize("room", ["experiments", "trials", "datasets"])
def test_an_impossible_id_is_not_there(client, room, number):
    assert client.get(f"/{room}/{number}").status_code == 404


def test_the_footer_says_how_to_make_a_backup_of_this_database(client, settings):
    page = client.get("/experiments").text

    footer = page.split("<footer", 1)[1]

    assert ("foretune backup FILE" in footer) == (not settings.database_url)
    assert ("pg_dump" in footer) == bool(settings.database_url)
    assert "copy the file" not in footer
