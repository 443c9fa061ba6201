"""The button that starts the default search."""

from app.db.models import Experiment
from tests import factories
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


def test_the_blank_form_holds_the_default_search_and_says_why(client, database):
    with database.write() as session:
        factories.dataset(session)

    page = client.get("/experiments/new").text

    assert "Start the default search" in page
    assert "rows to train on" in page
    assert 'name="space.units_1.low" value="8"' in " ".join(page.split())


def test_a_search_of_a_missing_dataset_is_not_found(client):
    assert client.post("/experiments/default", data={"dataset_id": 7}).status_code == 404
