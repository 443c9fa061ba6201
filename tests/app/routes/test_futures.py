"""What comes next on the pages of trials, experiments and comparisons, and as files."""

import re

import numpy as np
import plotly.graph_objects as go
import pytest

from app.db.models import Forecast
from app.domain.terms import FUTURE
from app.queue.evaluations import pack_future
from tests import factories
from tests.app.web.charts.colours import with_real_colours

OLD = "was evaluated by an earlier version of Foretune"


@pytest.fixture
def address(database):
    """The addresses of an experiment and its best trial, which forecasts a row; another is old."""
    with database.write() as session:
        made = factories.experiment(session)
        best = factories.completed_trial(session, made, 1, 1.0)
        factories.completed_trial(session, made, 2, 2.0, units_1=4)
        content = pack_future(np.array([51.25]))
        session.add(Forecast(trial_id=best.id, part=FUTURE, predicted=content))
        return {"experiment": f"/experiments/{made.id}", "trial": f"/trials/{best.id}"}


@pytest.mark.parametrize("of", ["experiment", "trial"])
def test_a_page_says_what_comes_next_and_leads_to_the_numbers(client, address, of):
    page = client.get(address[of], params={"tab": "future"}).text
    csv = client.get(f"{address[of]}/future.csv")

    assert "Next: 2020-04-30, 51.250 (“tomorrow = today”: " in re.sub(r"\s+", " ", page)
    assert f'data-chart-url="{address[of]}/charts/future"' in page
    header, row = csv.text.splitlines()
    assert header == "date,predicted,naive,lower_80,upper_80,lower_95,upper_95"
    assert row.startswith("2020-04-30,51.25,")


def test_a_trial_without_a_future_says_why(client, address):
    assert OLD in client.get("/trials/2").text
    assert client.get("/trials/2/future.csv").status_code == 404


def test_the_chart_is_a_figure_plotly_accepts(client, address):
    figure = client.get(f"{address['trial']}/charts/future").json()

    names = [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)]

    assert names == [
        "95 % band",
        "80 % band",
        "actual",
        "forecast by trial 1",
        "tomorrow = today",
    ]
    assert isinstance(with_real_colours(figure), go.Figure)


def test_a_comparison_draws_the_futures_that_there_are(client, address):
    url = f"{address['experiment']}/charts/comparison?trials=1,2&of=future"

    figure = client.get(url).json()

    assert [trace["name"] for trace in figure["data"]] == ["actual", "trial 1", "tomorrow = today"]
