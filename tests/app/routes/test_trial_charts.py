"""Tabs of an experiment's page: parallel coordinates, Pareto front, curves of all trials."""

import json
import re
from html import unescape

import plotly.graph_objects as go
import pytest

from tests import factories
from tests.pages import text_of

SPACE = {
    **factories.TINY,
    "units_1": {"integer": [2, 99]},
    "cell": {"choice": ["lstm", "gru"]},
}
CHARTS = ("pareto", "pareto?x=parameters", "curves", "curves?search=cell%3Dgru")


@pytest.fixture
def searched(database) -> int:
    """Trial 1 is the best and large, 2 almost as good and small, 3 far worse."""
    with database.write() as session:
        experiment = factories.experiment(session, space=SPACE)
        for number, (units, objective) in enumerate([(64, 1.0), (8, 1.02), (2, 90.0)], start=1):
            trial = factories.completed_trial(
                session, experiment, number, objective, units_1=units, cell="gru"
            )
            trial.objective_se = 0.05
        return experiment.id


@pytest.mark.parametrize("chart", CHARTS)
def test_plotly_takes_each_chart_with_trials_and_without(client, database, searched, chart):
    with database.write() as session:
        empty = factories.experiment(session, space=SPACE).id

    for experiment_id in (searched, empty):
        text = client.get(f"/experiments/{experiment_id}/charts/{chart}").text
        drawn = go.Figure(
            json.loads(re.sub(r'"(chart-\d|good|warm|bad|faint)"', '"#123456"', text))
        )

        assert bool(drawn.data) == (experiment_id == searched)


def test_the_simplest_good_trial_is_named_with_what_it_saves(client, searched):
    page = text_of(client.get(f"/experiments/{searched}/pareto?x=parameters").text)
    other = text_of(client.get(f"/experiments/{searched}/pareto").text)

    assert 'Simplest good trial: <a href="/trials/2">trial 2</a>.' in page
    assert (
        "Its objective, 1.020, is within one standard error (± 0.050) of trial 1, the best "
        "(1.000). It saves 98 % of the weights: 321 instead of 13,313." in page
    )
    assert page.count('<th scope="row">') == 3
    assert "trial 1</a>. It is the best, and no cheaper trial is within one" in other
    assert client.get(f"/experiments/{searched}/pareto?x=money").status_code == 422


def test_the_lines_say_what_a_brush_writes(client, searched):
    drawn = client.get(f"/experiments/{searched}/charts/parallel").json()
    cell, units, objective = drawn["axes"]

    assert cell == {
        "name": "cell",
        "values": ["lstm", "gru"],
        "labels": ["lstm", "gru"],
        "isNumber": False,
    }
    assert units == {"name": "units_1", "low": 2, "high": 99, "isLog": False, "isWhole": True}
    assert (objective["name"], objective["low"], objective["isCut"]) == ("objective", 1, True)
    assert drawn["columns"] == [[1, 1, 1], [64, 8, 2], [1, 1.02, 90]]
    assert drawn["colours"] == "023"
    assert drawn["count"] == 3


def test_lines_are_found_by_the_filter_of_the_table(client, searched):
    url = f"/experiments/{searched}/charts/parallel/matching"

    assert client.get(f"{url}?search=units_1>=8").json() == {"numbers": [1, 2], "count": 2}
    assert client.get(f"{url}?state=failed").json() == {"numbers": [], "count": 0}
    assert client.get(f"{url}?search=units_1>=many").json()["numbers"] is None


def test_it_is_said_which_curves_are_drawn(client, searched):
    url = f"/experiments/{searched}/curves"

    assert "All 3 trials." in client.get(url).text
    assert "The only trial." in client.get(f"{url}?search=units_1=8").text
    assert "All 3 trials." in client.get(f"{url}?search=units_1>=many").text  # the table explains


@pytest.mark.parametrize("query", ["", "&search=cell+%3D+gru", "&state=completed&x=parameters"])
@pytest.mark.parametrize("tab", ["parallel", "pareto", "curves"])
def test_each_tab_stands_on_the_page_and_fetches_what_it_shows(client, searched, tab, query):
    page = client.get(f"/experiments/{searched}?tab={tab}{query}").text
    panel = page.partition(f'id="tab-{tab}"')[2].partition("<nav")[0]
    urls = re.findall(r'data-(?:chart|text|lines)-url="([^"]+)"', panel)

    assert f'id="chart-{tab}"' in panel
    assert urls
    assert [client.get(unescape(url)).status_code for url in urls] == [200] * len(urls)


def test_a_tab_of_an_experiment_that_is_gone_is_not_found(client):
    for path in ("charts/parallel", "charts/pareto", "charts/curves", "pareto", "curves"):
        assert client.get(f"/experiments/77/{path}").status_code == 404
