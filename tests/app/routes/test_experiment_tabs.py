"""Tabs of an experiment's page that are fetched on their own."""

import pytest

from tests import factories
from tests.app.routes.test_importance import SPACE, search

pytestmark = pytest.mark.each_database


@pytest.fixture
def searched(database) -> int:
    """A search in which the fewest units are best and the learning rate does nothing."""
    with database.write() as session:
        return search(session, lambda units: units)


def test_a_contour_shows_the_two_most_important_or_those_asked_for(client, searched):
    usual = client.get(f"/experiments/{searched}/tabs/contour").text
    turned = client.get(f"/experiments/{searched}/tabs/contour?x=learning_rate&y=units_1").text

    assert f"/experiments/{searched}/charts/contour?x=units_1&amp;y=learning_rate" in usual
    assert "partial dependence at the best trial" in usual
    assert "charts/contour?x=learning_rate&amp;y=units_1&amp;view=deviation" in turned


def test_the_chart_of_a_contour_has_its_mean_and_its_uncertainty(client, searched):
    url = f"/experiments/{searched}/charts/contour"

    mean, deviation = (client.get(f"{url}?view={view}").json() for view in ("mean", "deviation"))

    assert mean["data"][0]["z"] != deviation["data"][0]["z"]
    assert client.get("/experiments/77/charts/contour").status_code == 404


def test_before_ten_trials_a_contour_is_words(client, database):
    with database.write() as session:
        made = factories.experiment(session, space=SPACE)
        factories.completed_trial(session, made, 1, 1.0)
        made_id = made.id

    tab = client.get(f"/experiments/{made_id}/tabs/contour").text

    assert "1 trial with a result so far: from 10 on" in tab
    assert client.get(f"/experiments/{made_id}/charts/contour").json()["data"] == []


def test_the_timeline_shows_when_trials_ran(client, searched):
    tab = client.get(f"/experiments/{searched}/tabs/timeline").text
    figure = client.get(f"/experiments/{searched}/charts/timeline").json()

    assert "The slot of 24 trials is not stored" in tab
    assert sum(len(trace["x"]) for trace in figure["data"]) == 24
    assert client.get("/experiments/77/charts/timeline").status_code == 404


def test_values_of_the_most_important_or_a_chosen_hyperparameter_are_shown_by_trial(
    client, searched
):
    usual = client.get(f"/experiments/{searched}/tabs/shrinking").text
    chosen = client.get(f"/experiments/{searched}/tabs/shrinking?x=learning_rate").text
    charts = f"/experiments/{searched}/charts/narrowing"

    assert f"{charts}?x=units_1" in usual
    assert f"{charts}?x=learning_rate" in chosen
    assert len(client.get(f"{charts}?x=units_1").json()["data"][0]["x"]) == 24
    assert client.get(f"{charts}?x=epochs").status_code == 404


def test_a_strategy_that_shrinks_its_space_shows_its_steps(client, database):
    with database.write() as session:
        made = factories.experiment(session, space=SPACE, strategy="reduction").id

    tab = client.get(f"/experiments/{made}/tabs/shrinking").text

    assert f"/experiments/{made}/charts/reduction" in tab
    assert "The first step comes after" in tab
