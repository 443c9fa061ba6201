"""The button that starts the default search."""

import numpy as np
import pytest

from app.db.models import Experiment
from app.domain.presets import PRESETS
from app.domain.terms import ExperimentState
from tests import factories
from tests.html_forms import fields_of
from tests.pages import text_of


def test_one_button_starts_the_default_search(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id

    response = client.post(
        "/experiments/default", data={"dataset_id": dataset_id}, follow_redirects=False
    )

    assert response.status_code == 303
    page = text_of(client.get(response.headers["location"]).text)
    assert "rows to train on" in page
    with database.read() as session:
        experiment = session.query(Experiment).one()
        assert experiment.name == "Default search of walk"


def test_one_click_tries_the_sample_and_a_second_one_leads_to_the_same_search(client, database):
    empty_list = client.get("/experiments").text
    empty_form = client.get("/experiments/new").text

    first = client.post("/experiments/sample", follow_redirects=False)
    again = client.post("/experiments/sample", follow_redirects=False)

    for page in (empty_list, empty_form, client.get("/datasets").text):
        assert 'action="/experiments/sample"' in page
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"] == "/experiments/1"
    with database.write() as session:
        experiment = session.query(Experiment).one()
        assert experiment.state == ExperimentState.QUEUED
        experiment.state = ExperimentState.COMPLETED
    after_its_end = client.post("/experiments/sample", follow_redirects=False)
    assert after_its_end.headers["location"] == "/experiments/2"


def test_the_blank_form_holds_the_default_search_and_says_why(client, database):
    with database.write() as session:
        factories.dataset(session)

    page = client.get("/experiments/new").text

    assert "Start the default search" in page
    assert "rows to train on" in page
    assert fields_of(page)["space.units_1.text"] == "8..64 log"


def test_a_search_of_a_missing_dataset_is_not_found(client):
    assert client.post("/experiments/default", data={"dataset_id": 7}).status_code == 404


@pytest.mark.parametrize("preset", ["", *PRESETS])
@pytest.mark.parametrize("lowest", [-3.0, 0.0, 2.0])
def test_the_form_as_it_comes_starts_its_search(client, database, preset, lowest):
    with database.write() as session:
        lines = ["Date,y"]
        for day in range(1_200):
            date = np.datetime64("2020-01-01") + day
            lines.append(f"{date},{lowest + abs(np.sin(day))}")
        factories.dataset(session, content="\n".join(lines).encode())

    form = fields_of(client.get("/experiments/new", params={"preset": preset}).text)
    if preset == "from-scratch":
        form |= {"one_trial": "1"}
    response = client.post("/experiments", data=form, follow_redirects=False)

    assert response.status_code == 303, response.text
