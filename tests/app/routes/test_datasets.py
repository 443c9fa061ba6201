"""The page of a dataset shows its seasons, and corrects them; so does the API."""

import pytest

from tests import factories
from tests.pages import text_of


@pytest.fixture
def dataset_id(database):
    with database.write() as session:
        return factories.dataset(session, content=factories.monthly_csv()).id


def test_the_page_shows_the_seasons_and_corrects_them(client, dataset_id):
    page = f"/datasets/{dataset_id}"

    assert "Seasons: 12 rows (a year), found in" in text_of(client.get(page).text)

    client.post(f"{page}/seasons", data={"season_lengths": "6, 12"})

    corrected = client.get(page).text
    assert "Seasons: 6 rows and 12 rows (a year), as set here." in text_of(corrected)
    assert 'value="6, 12"' in corrected


def test_the_page_says_what_is_wrong_with_a_correction(client, dataset_id):
    answer = client.post(f"/datasets/{dataset_id}/seasons", data={"season_lengths": "1"})

    assert answer.status_code == 422
    assert "A season has between 2 and 60 rows here" in text_of(answer.text)
    assert 'value="1"' in answer.text
    assert client.get(f"/api/datasets/{dataset_id}").json()["season_lengths"] == [12]


def test_the_api_shows_and_corrects_the_seasons(client, dataset_id):
    address = f"/api/datasets/{dataset_id}"

    changed = client.patch(address, json={"season_lengths": [24.5]})
    refused = client.patch(address, json={"season_lengths": [2, 4, 8]})

    assert changed.json()["season_lengths"] == [24.5]
    assert client.get("/api/datasets").json()["items"][0]["season_lengths"] == [24.5]
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "season_lengths"]


def test_a_dataset_ranks_the_trials_of_all_its_experiments(client, database):
    with database.write() as session:
        first = factories.experiment(session, name="first search")
        second = factories.experiment(session, name="second search")
        apart = factories.experiment(session, name="far ahead", horizon=3)
        best = factories.completed_trial(session, second, 1, 1.0, units_1=4).id
        factories.completed_trial(session, first, 1, 2.0, units_1=3)
        factories.completed_trial(session, apart, 1, 9.0, units_1=3)
        dataset_id = first.dataset_id

    page = client.get(f"/datasets/{dataset_id}").text
    other = client.get(f"/datasets/{dataset_id}?group=1-0.8-0.1-0.1").text
    board = client.get(f"/api/datasets/{dataset_id}/leaderboard?group=1-0.8-0.1-0.1").json()

    assert "All trials 3 rows ahead, split 80/10/10" in text_of(page)
    assert "1 row ahead, split 80/10/10</a> (2 trials)" in text_of(page)
    ranked = other.partition('id="leaderboard"')[2]
    assert ranked.index("second search") < ranked.index("first search")
    assert f'name="trials" value="{best}"' in ranked
    assert "units_1 <b>4</b>" in ranked
    assert [trial["metrics"]["validation"]["rmse"] for trial in board["items"]] == [1.0, 2.0]
    assert (board["group"]["trials"], board["total"], len(board["groups"])) == (2, 2, 2)
