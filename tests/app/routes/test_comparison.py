"""The page of trials side by side, and its charts."""

import json
import re

import plotly.graph_objects as go
import pytest

from tests import factories

pytestmark = pytest.mark.each_database
WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


@pytest.fixture
def searched(database) -> int:
    with database.write() as session:
        made = factories.experiment(session, name="Search one", max_trials=20, space=WIDE)
        for number, objective in enumerate((3.0, 1.0, 2.0), start=1):
            factories.completed_trial(session, made, number, objective, units_1=number + 1)
        factories.trial(session, made, 4, units_1=9)
        return made.id


def test_ticked_trials_stand_side_by_side(client, searched):
    page = client.get(f"/experiments/{searched}/comparison?trials=3&trials=1").text

    assert page.index("trial 3</a>") < page.index("trial 1</a>")
    assert 'value="3, 1"' in page
    assert "<code>units_1</code>" in page
    assert "<code>epochs</code>" not in page


def test_the_table_of_an_experiment_has_ticks_and_a_button(client, searched):
    page = client.get(f"/experiments/{searched}").text

    assert f'action="/experiments/{searched}/comparison"' in page
    assert 'name="trials" value="2"' in page


def test_without_ticks_the_best_are_compared(client, searched):
    assert 'value="2, 3, 1"' in client.get(f"/experiments/{searched}/comparison").text


def test_the_live_part_says_nothing_new_while_nothing_changed(client, searched):
    address = f"/experiments/{searched}/comparison/live?trials=1,4"
    answer = client.get(address)

    assert "trial 4</a>" in answer.text
    assert 'data-live-done="false"' in answer.text
    assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_what_cannot_be_read_comes_back_with_its_reason(client, searched):
    answer = client.get(f"/experiments/{searched}/comparison", params={"trials": "two<script>"})

    assert answer.status_code == 422
    assert "is no number of a trial" in answer.text
    assert 'value="two&lt;script&gt;"' in answer.text

    some = client.get(f"/experiments/{searched}/comparison?trials=2,77")

    assert some.status_code == 200
    assert "This experiment has no trial 77." in some.text


def test_what_is_not_there_is_not_found(client):
    assert client.get("/experiments/77/comparison").status_code == 404
    assert client.get("/experiments/77/charts/comparison").status_code == 404


def test_before_a_trial_is_evaluated_the_page_says_what_it_waits_for(client, database):
    with database.write() as session:
        made = factories.experiment(session).id

    assert (
        "No trial of this search has been evaluated yet."
        in client.get(f"/experiments/{made}/comparison").text
    )


@pytest.mark.parametrize("query", ["of=epochs", "of=validation", "of=test", "of=test&view=errors"])
def test_plotly_takes_each_chart(client, searched, query):
    text = client.get(f"/experiments/{searched}/charts/comparison?trials=2,3,4&{query}").text
    figure = go.Figure(json.loads(re.sub(r'"(chart-\d|good|warm|bad|ink)"', '"#123456"', text)))
    names = [trace.name for trace in figure.data]

    assert {"trial 2", "trial 3"} <= set(names)
    assert ("trial 4" in names) is (query == "of=epochs")  # it is not evaluated yet


def test_a_pinned_trial_is_the_baseline_of_the_others(client, searched):
    page = client.get(f"/experiments/{searched}/comparison?trials=3,2&pin=3").text

    assert "trial 3 (baseline)</a>" in page
    assert '<small class="difference">-50.0 %</small>' in page
    assert f'/experiments/{searched}/comparison?trials=3%2C+2"' in page  # to unpin it
    assert "trials=3%2C+2&amp;pin=2" in page
    assert "against the baseline" in page
    unpinned = client.get(f"/experiments/{searched}/comparison?trials=3,2").text
    assert 'class="difference"' not in unpinned
    assert "against the baseline" not in unpinned


def test_ticked_experiments_and_trials_are_compared_over_experiments(client, database, searched):
    with database.write() as session:
        other = factories.experiment(session, name="Search two")
        best = factories.completed_trial(session, other, 1, 0.5, units_1=3).id
        ahead = factories.experiment(session, name="far ahead", horizon=3)
        factories.completed_trial(session, ahead, 1, 0.1, units_1=3)
        ticked = [searched, other.id, ahead.id]

    answer = client.get("/comparison", params={"experiments": ticked})
    chart = client.get(f"/comparison/chart?trials=2,{best}&of=test&pin=2").json()
    live = client.get(f"/comparison/live?trials=2,{best}&pin={best}")

    assert "trial 2 of Search one</a>" in answer.text
    assert "trial 1 of Search two</a>" in answer.text
    assert "it forecasts 3 rows ahead, the others 1." in answer.text
    assert f"/comparison?trials=2%2C+{best}&amp;pin={best}" in answer.text
    assert {"trial 2 of Search one (baseline)", "trial 1 of Search two"} <= {
        trace["name"] for trace in chart["data"]
    }
    assert "trial 1 of Search two (baseline)" in live.text


def test_a_comparison_over_experiments_of_nothing_says_what_to_tick(client, searched):
    assert "Tick experiments in" in client.get("/comparison").text
    assert client.get("/comparison?trials=99").status_code == 422
    assert client.get("/comparison/chart?trials=99&of=future").status_code == 200
    assert client.get("/comparison/chart?trials=99&of=test").status_code == 200
