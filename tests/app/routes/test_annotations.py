"""Notes, tags and stars on the pages, in the API, in the export and in a clone."""

import csv
import io

import pytest

BAD_TAG = "A tag is one word, without spaces and commas."


def test_notes_and_tags_are_edited_on_the_pages_and_shown(client, searched):
    for page in (f"/experiments/{searched.experiment_id}", f"/trials/{searched.trial_id}"):
        sent = {"notes": "**wide** <b>x</b>\r\nline", "tags": "daily, wide  daily"}

        answer = client.post(f"{page}/annotations", data=sent, follow_redirects=False)

        assert answer.headers["location"] == f"{page}#annotations"
        shown = client.get(page).text
        assert "<strong>wide</strong> &lt;b&gt;x&lt;/b&gt;" in shown
        assert shown.count('<span class="user-tag">daily</span>') >= 1
        assert 'value="daily, wide"' in shown

    table = client.get(f"/experiments/{searched.experiment_id}").text
    assert table.count('<span class="user-tag">wide</span>') == 1
    assert 'search=tag+%3D+wide#trials">wide</a>' in table


def test_what_cannot_be_stored_comes_back_with_its_reason(client, searched):
    page = f"/experiments/{searched.experiment_id}"
    sent = {"notes": "x" * 10_001, "tags": "a" * 41}

    answer = client.post(f"{page}/annotations", data=sent)

    assert answer.status_code == 422
    assert "This is longer than 10000 characters." in answer.text
    assert "This is longer than 40 characters." in answer.text
    assert "a" * 41 in answer.text
    assert 'id="tags-error"' in answer.text
    assert client.get(f"/api{page}").json()["notes"] == ""


def test_a_star_is_set_and_taken_away_and_leads_back(client, searched):
    page = f"/trials/{searched.trial_id}"
    table = f"/experiments/{searched.experiment_id}?sort=objective#trials"

    answer = client.post(
        f"{page}/star", data={"is_starred": "true", "back": table}, follow_redirects=False
    )

    assert answer.headers["location"] == table
    assert 'title="Starred"' in client.get(table).text
    assert 'name="is_starred" value="false"' in client.get(page).text
    client.post(f"{page}/star", data={"is_starred": "false"})
    assert 'title="Starred"' not in client.get(table).text


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/trials/1\r\nX: y", "/x"]
)
def test_a_star_leads_nowhere_else(client, searched, back):
    page = f"/experiments/{searched.experiment_id}"

    answer = client.post(
        f"{page}/star", data={"is_starred": "true", "back": back}, follow_redirects=False
    )

    assert answer.headers["location"] == page


def test_the_api_changes_what_is_given(client, searched):
    address = f"/api/experiments/{searched.experiment_id}"

    changed = client.patch(address, json={"tags": ["b", "a"], "is_starred": True})
    later = client.patch(address, json={"name": "Renamed", "is_archived": True}).json()

    assert changed.json()["tags"] == ["a", "b"]
    assert (later["name"], later["tags"], later["is_starred"]) == ("Renamed", ["a", "b"], True)
    assert later["archived_at"] is not None
    trial = client.patch(f"/api/trials/{searched.trial_id}", json={"notes": "good"}).json()
    assert (trial["notes"], trial["tags"], trial["is_starred"]) == ("good", [], False)
    assert client.patch("/api/trials/99", json={}).status_code == 404


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"tags": ["fine", "two words"]}, ["body", "tags", 1]),
        ({"tags": ["x"] * 21}, ["body", "tags"]),
        ({"notes": None}, ["body", "notes"]),
        ({"notes": "nul \0"}, ["body", "notes"]),
        ({"is_starred": "perhaps"}, ["body", "is_starred"]),
        ({"colour": "red"}, ["body", "colour"]),
    ],
)
def test_the_api_says_at_which_field_a_mistake_is(client, searched, body, place):
    for address in (
        f"/api/experiments/{searched.experiment_id}",
        f"/api/trials/{searched.trial_id}",
    ):
        answer = client.patch(address, json=body)

        assert answer.status_code == 422
        assert [problem["loc"] for problem in answer.json()["detail"]] == [place]


def test_the_exported_table_ends_with_notes_tags_and_stars(client, searched):
    change = {"notes": "=1+1", "tags": ["b", "a"], "is_starred": True}
    client.patch(f"/api/trials/{searched.trial_id}", json=change)

    text = client.get(f"/experiments/{searched.experiment_id}/trials.csv?sort=number").text

    header, *_, third, _failed = csv.reader(io.StringIO(text))
    assert header[-3:] == ["is_starred", "tags", "notes"]
    assert third[-3:] == ["True", "a b", "'=1+1"]


def test_a_clone_keeps_the_tags_but_neither_notes_nor_star(client, searched):
    address = f"/api/experiments/{searched.experiment_id}"
    client.patch(address, json={"tags": ["daily", "wide"], "notes": "mine", "is_starred": True})

    form = client.get(f"/experiments/new?experiment={searched.experiment_id}").text

    assert '<input type="hidden" name="tags" value="daily wide">' in form
    assert "mine" not in form
