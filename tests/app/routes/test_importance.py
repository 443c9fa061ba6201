"""The page of parameter importance, its tab and charts, its JSON twin, and the form it leads to."""

import json
import re

import plotly.graph_objects as go
import pytest

from tests import factories
from tests.clock import now

pytestmark = pytest.mark.each_database
SPACE = {
    **factories.TINY,
    "units_1": {"choice": [2, 3, 4]},
    "learning_rate": {"loguniform": [1e-3, 1e-1]},
}


def search(session, objective) -> int:
    """24 ended trials in which only the units matter."""
    made = factories.experiment(session, name="Search one", space=SPACE, max_trials=24)
    for number in range(1, 25):
        units, rate = 2 + number % 3, 0.001 * 1.2**number
        factories.completed_trial(
            session,
            made,
            number,
            objective=float(objective(units)),
            units_1=units,
            learning_rate=rate,
        )
    made.finished_at = now()
    return made.id


@pytest.fixture
def searched(database) -> int:
    """A search in which the fewest units are best and the learning rate does nothing."""
    with database.write() as session:
        return search(session, lambda units: units)


def test_the_page_says_what_mattered(client, searched):
    page = client.get(f"/experiments/{searched}/importance").text

    assert "units_1 accounts for" in page
    assert "Hardly any difference: learning_rate." in page
    assert "From 24 trials." in page
    assert "Partial dependence at the best trial" in page


def test_the_tab_says_the_same_in_short_and_leads_to_the_page(client, searched):
    tab = client.get(f"/experiments/{searched}/tabs/importance").text

    assert "units_1 accounts for" in tab
    assert tab.count("<rect") >= 2 * len(("units_1", "learning_rate"))
    assert f'href="/experiments/{searched}/importance"' in tab


def test_an_experiment_leads_to_it(client, searched):
    assert (
        f'href="/experiments/{searched}/importance"' in client.get(f"/experiments/{searched}").text
    )


def test_the_live_part_says_nothing_new_while_nothing_changed(client, searched):
    answer = client.get(f"/experiments/{searched}/importance/live")
    again = client.get(
        f"/experiments/{searched}/importance/live",
        headers={"If-None-Match": answer.headers["etag"]},
    )

    assert 'data-chart="effect-2"' in answer.text
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["units_1", "learning_rate"])
def test_plotly_takes_each_chart(client, searched, name):
    text = client.get(f"/experiments/{searched}/charts/importance?parameter={name}").text

    assert go.Figure(json.loads(re.sub(r'"(chart-\d|good|warm|bad)"', '"#123456"', text))).data


def test_there_is_no_chart_of_what_was_not_searched(client, searched):
    assert (
        client.get(f"/experiments/{searched}/charts/importance?parameter=epochs").status_code == 404
    )
    assert client.get("/experiments/77/charts/importance?parameter=epochs").status_code == 404
    assert client.get("/experiments/77/importance").status_code == 404


def test_before_ten_trials_have_ended_the_page_says_what_it_waits_for(client, database):
    with database.write() as session:
        made = factories.experiment(session, space=SPACE)
        factories.completed_trial(session, made, 1, 1.0)
        made_id = made.id

    assert (
        "1 trial with a result so far: from 10 on"
        in client.get(f"/experiments/{made_id}/importance").text
    )
    assert (
        client.get(f"/experiments/{made_id}/charts/importance?parameter=units_1").status_code == 404
    )

    found = client.get(f"/api/experiments/{made_id}/importance").json()

    assert (found["trials"], found["effects"], found["rest"], found["wider_space"]) == (
        0,
        [],
        None,
        None,
    )


def test_the_same_as_json(client, searched):
    found = client.get(f"/api/experiments/{searched}/importance").json()
    first = found["effects"][0]

    assert (first["name"], first["best"], first["equally_good"], first["is_clear"]) == (
        "units_1",
        2,
        [2],
        True,
    )
    assert first["values"] == [2, 3, 4]

    shares = [row["fraction"] for row in (*found["effects"], *found["together"])]

    assert sum(shares) + found["rest"] == pytest.approx(1)
    assert found["summary"].startswith("units_1 accounts for")


def test_where_no_end_is_best_there_is_nothing_to_widen(client, database):
    with database.write() as session:
        made = search(session, lambda units: abs(units - 3))

    assert client.get(f"/api/experiments/{made}/importance").json()["wider_space"] is None
    assert "Search further" not in client.get(f"/experiments/{made}/importance").text


def test_the_wider_space_can_be_searched(client, searched):
    space = client.get(f"/api/experiments/{searched}/importance").json()["wider_space"]

    assert space["units_1"] == {"choice": [2, 3, 4, 1]}

    body = {
        "name": "next",
        "dataset_id": 1,
        "space": space,
        "max_trials": 2,
        "strategy": "random",
        "start_from": [searched],
    }

    assert client.post("/api/experiments", json=body).json()["start"]["trials"] == 24


def test_searching_further_opens_the_form_with_the_wider_space_and_these_trials(client, searched):
    assert "Search further" in client.get(f"/experiments/{searched}/importance").text

    page = client.get(f"/experiments/new?experiment={searched}&start={searched}&widen=true").text

    assert 'value="Search one, wider"' in page
    assert 'value="2, 3, 4, 1"' in page
    assert "Warm start from 24 trials of experiment" in page


def test_widening_too_early_leaves_the_space_as_it_was(client, database):
    with database.write() as session:
        made = factories.experiment(session, space=SPACE).id

    page = client.get(f"/experiments/new?experiment={made}&widen=true")

    assert page.status_code == 200
    assert 'value="2, 3, 4"' in page.text
