"""What can be done with an experiment from its page."""

import pytest

from app.services import deletion
from tests import factories

pytestmark = pytest.mark.each_database


def test_an_experiment_can_be_renamed(client, searched):
    url = f"/experiments/{searched.experiment_id}"
    answer = client.post(
        f"{url}/rename", data={"name": "  Was für eine Suche  "}, follow_redirects=False
    )

    assert (answer.status_code, answer.headers["location"]) == (303, url)
    assert client.get(f"/api{url}").json()["name"] == "Was für eine Suche"

    for name in ("", "   ", "a\x00b", "x" * 201):
        assert client.post(f"{url}/rename", data={"name": name}).status_code == 422

    assert client.get(f"/api{url}").json()["name"] == "Was für eine Suche"


def test_actions_lead_back_to_the_page(client, database, searched):
    url = f"/experiments/{searched.experiment_id}"

    assert client.post(f"{url}/stop", follow_redirects=False).status_code == 303
    assert client.post(f"{url}/resume", follow_redirects=False).headers["location"] == url
    assert (
        client.post(f"{url}/add-trials", data={"count": 3}, follow_redirects=False).status_code
        == 303
    )
    assert client.get(f"/api{url}").json()["max_trials"] == 7
    assert client.post(f"{url}/retry-failed", follow_redirects=False).status_code == 303
    assert client.get(f"/api/trials/{searched.failed_trial_id}").json()["state"] == "queued"


def test_more_time_is_given_on_the_page_of_a_search_that_has_a_time_budget(
    client, database, searched
):
    url = f"/experiments/{searched.experiment_id}"

    assert "more minutes" not in client.get(url).text

    with database.write() as session:
        session.get(factories.Experiment, searched.experiment_id).time_budget_seconds = 60

    assert "more minutes" in client.get(url).text
    assert (
        client.post(f"{url}/add-time", data={"minutes": 2.5}, follow_redirects=False).headers[
            "location"
        ]
        == url
    )
    assert client.get(f"/api{url}").json()["time_budget_seconds"] == 210

    answer = client.post(f"{url}/add-time", data={"minutes": "nan"})

    assert answer.status_code == 422


def test_a_delete_can_be_undone_on_the_next_page(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    page = client.post(f"{url}/delete").text
    gone = client.get(url).status_code
    back = client.post(f"{url}/undo-delete")

    assert "The experiment has been deleted." in page
    assert f'action="{url}/undo-delete" data-seconds="10"' in page
    assert "Search one" not in page
    assert gone == 404
    assert "Nothing was deleted" in back.text
    assert "Search one" in client.get("/experiments").text


def test_an_experiment_is_deleted_with_its_trials(client, database, searched):
    assert client.post(f"/experiments/{searched.experiment_id}/delete").status_code == 200

    with database.write() as session:
        deletion.carry_out(session, min_seconds=0)
    with database.read() as session:
        assert session.query(factories.Trial).count() == 0
        assert session.query(factories.Epoch).count() == 0

    assert (
        client.post("/datasets/1/delete", follow_redirects=False).headers["location"] == "/datasets"
    )
