"""Forecasts of several rows on a trial's page: errors by step, the slider, fans, worst origins."""

import re

import plotly.graph_objects as go
import pytest

from app.db.models import Forecast
from app.domain import horizons
from app.domain.horizons import origins, step_values
from app.domain.terms import Part
from app.queue.evaluations import pack_forecast
from app.services import datasets
from tests import factories
from tests.app.web.charts.colours import with_real_colours
from tests.pages import text_of

HORIZON = 3


@pytest.fixture
def address(database):
    """The address of a trial on 400 monthly sales, three rows ahead, wrong from one origin."""
    with database.write() as session:
        factories.dataset(session, content=factories.monthly_csv(400))
        experiment = factories.experiment(session, horizon=HORIZON)
        trial = factories.completed_trial(session, experiment)
        values = datasets.series(session, experiment.dataset).target_values
        part = experiment.split.parts(len(values))[Part.TEST]
        predicted = step_values(values, origins(part, HORIZON), HORIZON) + 0.25
        predicted[20] += 9.75
        stored = session.get_one(Forecast, (trial.id, "test"))
        stored.predicted = pack_forecast(predicted)
        return f"/trials/{trial.id}"


def names_in(figure):
    assert isinstance(with_real_colours(figure), go.Figure)
    return [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)]


def test_the_errors_by_step_are_drawn_beside_naive_ones_and_stand_in_a_table(client, address):
    figure = client.get(f"{address}/charts/steps?part=validation").json()
    skill = client.get(f"{address}/charts/steps?part=validation&score=skill").json()
    page = text_of(client.get(address).text)
    items = client.get(f"/api{address}/steps?part=validation").json()["items"]

    assert names_in(figure) == ["trial 1", "seasonal naive (12 rows)", "naive (last value)"]
    trial, seasonal, naive = figure["data"]
    assert trial["x"] == [1, 2, 3]
    assert trial["y"] == pytest.approx([0.25] * HORIZON, rel=1e-4)
    assert naive["y"] == [item["naive_rmse"] for item in items]
    assert seasonal["y"] == [item["seasonal_naive_rmse"] for item in items]
    assert skill["data"][1]["y"][2] == pytest.approx(100 * (1 - seasonal["y"][2] / naive["y"][2]))
    assert skill["data"][2]["y"] == [0.0] * HORIZON
    assert "All 3 steps as numbers" in page
    assert "<td>2 months</td>" in page
    assert "naive (last value)" in page
    assert "Over all 3 steps, the 80 % band held" in page


def test_the_step_of_the_address_is_drawn_and_said(client, address):
    page = client.get(f"{address}?step=2").text
    live = client.get(f"{address}/live?step=2").text

    for text in (page, live):
        assert "step 2 of 3 = 2 months ahead" in text
        assert f'data-chart-url="{address}/charts/test?step=2"' in text
        assert re.search(r'<input id="step" name="step" type="number" [^>]*value="2"', text)
    assert client.get(f"{address}?step=4").status_code == 422
    assert 'src="/static/steps.js' in page


def test_the_worst_origins_say_what_was_expected_and_lead_to_their_forecast(client, address):
    page = text_of(client.get(address).text)
    items = client.get(f"/api{address}/origins?worst=10").json()["items"]
    worst = items[0]

    first_row = page.split("The worst origins")[-1].split("</tr>")[1]

    assert worst["rmse"] == pytest.approx(10, rel=1e-5)
    assert worst["predicted"][0] == pytest.approx(worst["actual"][0] + 10, rel=1e-5)
    assert len(worst["at"]) == HORIZON
    assert [item["rmse"] for item in items] == sorted(
        (item["rmse"] for item in items), reverse=True
    )
    assert f"{worst['at'][0]} to {worst['at'][-1]}" in first_row
    assert f"?step=1&amp;part=test&amp;origin={worst['origin']}#fans" in first_row
    assert f">{worst['known_until']}</a>" in first_row


def test_fans_are_drawn_from_a_few_origins_or_from_the_one_that_is_asked_for(client, address):
    few = client.get(f"{address}/charts/fans").json()
    worst = client.get(f"/api{address}/origins?worst=1&apart=1").json()["items"][0]
    origin = worst["origin"]

    one = client.get(f"{address}/charts/fans?origin={origin}").json()

    legend = ["95 % band", "80 % band", "actual", "forecasts of 3 rows", "last known row"]
    assert names_in(few) == legend
    fans = [trace for trace in few["data"] if trace["name"] == "forecasts of 3 rows"]
    assert len(fans) == 6
    (fan,) = [trace for trace in one["data"] if trace["name"] == "forecasts of 3 rows"]
    assert fan["x"] == [worst["known_until"], *worst["at"]]
    assert fan["y"][1:] == worst["predicted"]
    assert f"rows ahead of {worst['known_until']}" in fan["hovertemplate"]
    page = client.get(f"{address}?origin={origin}").text
    assert f'data-chart-url="{address}/charts/fans?part=test&amp;origin={origin}"' in page
    assert client.get(f"{address}/charts/fans?origin=1").status_code == 422


def test_a_long_part_is_drawn_without_the_rows_between_its_fans(client, database):
    with database.write() as session:
        factories.dataset(session, rows=3000)
        experiment = factories.experiment(session, horizon=HORIZON)
        trial = factories.completed_trial(session, experiment)

    figure = client.get(f"/trials/{trial.id}/charts/fans").json()

    assert len(figure["layout"]["xaxis"]["rangebreaks"]) == 5
    actual = next(trace for trace in figure["data"] if trace["name"] == "actual")
    assert actual["y"].count(None) == 5


def test_the_page_says_how_many_forecasts_are_stored(client, address, database, monkeypatch):
    with database.write() as session:
        monkeypatch.setattr(horizons, "MAX_STORED_VALUES", 10 * HORIZON)
        experiment = factories.experiment(session, horizon=HORIZON)
        trial = factories.completed_trial(session, experiment, units_1=5)

    page = text_of(client.get(f"/trials/{trial.id}").text)

    assert "of the test part one of 4 is, 10 forecasts in all, rounded to 7 digits" in page
    assert len(client.get(f"/api/trials/{trial.id}/origins?apart=1").json()["items"]) == 10


def test_a_trial_of_one_row_ahead_shows_nothing_of_steps(client, database):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))

    page = client.get(f"/trials/{trial.id}").text

    assert "Error by step" not in page
    assert "The worst origins" not in page
    assert "steps.js" not in page
    assert f'data-chart-url="/trials/{trial.id}/charts/test"' in page
