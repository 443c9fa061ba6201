"""The list of experiments: filtered, sorted, and with what can be done with ticked ones."""

import pytest

from tests import factories
from tests.pages import text_of


@pytest.fixture
def three(database) -> list[int]:
    """The ids of experiments "one", "two" and "three"."""
    with database.write() as session:
        made = [factories.experiment(session, name=name) for name in ("one", "two", "three")]
        factories.trial(session, made[0])
        return [experiment.id for experiment in made]


def test_the_address_says_what_the_list_shows(client, three):
    client.patch(f"/api/experiments/{three[1]}", json={"tags": ["new"], "is_starred": True})

    page = client.get("/experiments?search=o&tag=new&sort=name&descending=true").text

    assert ">two</strong>" in page
    assert ">one</strong>" not in page
    assert 'aria-sort="descending"' in page
    assert 'value="o"' in page
    assert "<option selected>new</option>" in page
    assert "tag=new" in page.partition('data-live-url="')[2].partition('"')[0]
    assert "No experiment matches" in client.get("/experiments?search=nothing").text
    assert client.get("/experiments?state=done").status_code == 422


def test_ticked_ones_are_archived_and_restored(client, three):
    sent = {"experiments": three[:2], "is_archived": "true", "back": "/experiments?sort=name"}

    answer = client.post("/experiments/archive", data=sent, follow_redirects=False)

    assert answer.headers["location"] == "/experiments?sort=name"
    shown = client.get("/experiments").text
    assert ">three</strong>" in shown
    assert ">one</strong>" not in shown
    assert client.get("/api/experiments").json()["total"] == 1
    only = client.get("/experiments?archived=only").text
    assert ">one</strong>" in only
    assert ">three</strong>" not in only
    client.post("/experiments/archive", data={"experiments": three[0], "is_archived": "false"})
    assert client.get("/api/experiments").json()["total"] == 2
    assert client.get("/api/experiments?archived=all&sort=-name").json()["total"] == 3


def test_before_ticked_ones_are_deleted_the_loss_is_said(client, three):
    back = "/experiments?sort=name"
    ticked = {"experiments": three[:2], "back": back}

    asked = client.get("/experiments/delete", params=ticked)

    assert "Delete these 2 experiments?" in asked.text
    assert "For 10 seconds that can be undone." in text_of(asked.text)
    assert f'href="{back}">Keep them' in asked.text
    assert client.get("/api/experiments").json()["total"] == 3
    answer = client.post("/experiments/delete", data=ticked, follow_redirects=False)
    assert answer.headers["location"] == back
    assert client.get("/api/experiments").json()["total"] == 1

    undo = f"/experiments/{three[1]}/undo-delete-all"
    assert f'action="{undo}" data-seconds="10"' in client.get(back).text
    client.post(undo)
    assert client.get("/api/experiments").json()["total"] == 3


def test_without_a_tick_the_page_says_so(client, three):
    for method, address in (("GET", "/experiments/delete"), ("POST", "/experiments/archive")):
        answer = client.request(method, address, data={"is_archived": "true"})

        assert answer.status_code == 422
        assert "Tick at least one experiment" in answer.text


def test_a_star_in_the_list_leads_back_to_it(client, three):
    back = "/experiments?sort=name"
    sent = {"is_starred": "true", "back": back, "experiments": three}

    answer = client.post(f"/experiments/{three[0]}/star", data=sent, follow_redirects=False)

    assert answer.headers["location"] == back
    assert client.get("/experiments").text.count("★") == 1
