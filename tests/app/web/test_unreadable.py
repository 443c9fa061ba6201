"""Pages, files and the API while one experiment cannot be read."""

import csv
import io
import re

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner

from app.__main__ import main
from app.db.models import Trial
from app.services import experiments, overviews
from app.web.unreadable import ExperimentRoute
from tests import factories
from tests.damages import DAMAGES, add_damaged

WHOLE_PAGES = (
    "/",
    "/experiments",
    "/experiments/live",
    "/experiments/{experiment_id}",
    "/experiments/{experiment_id}/live",
    "/experiments/{experiment_id}/trials.csv",
    "/experiments/{experiment_id}/comparison",
    "/experiments/{experiment_id}/importance",
    "/experiments/new?experiment={experiment_id}",
    "/experiments/new?experiment={experiment_id}&start={experiment_id}",
    "/experiments/new?trial={trial_id}",
    "/trials/{trial_id}",
    "/trials/{trial_id}/live",
    "/api/experiments",
    "/api/experiments/{experiment_id}",
    "/healthz",
)
DAMAGES_PER_SOUND_CHECK = 6  # pages of other experiments read nothing of a damaged one
ADDRESSES_PER_DAMAGE = 3  # each damage is tried on every third address, in turns
PARAMETERS = {"trial_number": "1", "part": "test"}


@pytest.fixture
def sound_id(database) -> int:
    """An experiment in which nothing is wrong, with a dataset of its own."""
    with database.write() as session:
        dataset = factories.dataset(session, name="sound")
        request = factories.request(dataset.id, name="a sound search")
        experiment = experiments.create(session, request)
        for number, units in enumerate((2, 3, 4), start=1):
            factories.completed_trial(session, experiment, number, units_1=units)
        return experiment.id


def first_trial_of(database, experiment_id: int) -> int:
    query = text("SELECT min(id) FROM trials WHERE experiment_id = :id")
    with database.engine.connect() as connection:
        return connection.execute(query, {"id": experiment_id}).scalar_one()


def addresses_of(client, experiment_id: int, trial_id: int) -> list[str]:
    """Every address that can be read and names an experiment or a trial."""
    ids = {"experiment_id": str(experiment_id), "trial_id": str(trial_id), **PARAMETERS}
    addresses = []
    for route in client.app.routes:
        if not isinstance(route, ExperimentRoute) or "GET" not in route.methods:
            continue
        names = re.findall(r"{(\w+)", route.path)
        if names:
            addresses.append(route.path.format(**ids))
    return addresses


def assert_sound_pages_open(client, sound_id: int, sound_trial_id: int) -> None:
    """Every page of the experiment in which nothing is wrong."""
    for pattern in WHOLE_PAGES:
        address = pattern.format(experiment_id=sound_id, trial_id=sound_trial_id)
        assert client.get(address).status_code == 200, address
    for address in addresses_of(client, sound_id, sound_trial_id):
        response = client.get(address)
        assert "cannot be read" not in response.text, address


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_every_page_opens_beside_and_of_an_experiment_that_cannot_be_read(
    client, database, sound_id, damage
):
    damaged_id = add_damaged(database, damage, state="completed")
    trial_id = first_trial_of(database, damaged_id)
    sound_trial_id = first_trial_of(database, sound_id)

    for pattern in WHOLE_PAGES:
        address = pattern.format(experiment_id=damaged_id, trial_id=trial_id)
        assert client.get(address).status_code == 200, address
    shift = DAMAGES.index(damage) % ADDRESSES_PER_DAMAGE
    for address in addresses_of(client, damaged_id, trial_id)[shift::ADDRESSES_PER_DAMAGE]:
        response = client.get(address)
        assert response.status_code in (200, 304, 404, 409), (address, response.text)
    if DAMAGES.index(damage) % DAMAGES_PER_SOUND_CHECK == 0:
        assert_sound_pages_open(client, sound_id, sound_trial_id)
    assert client.get("/datasets").status_code == 200
    assert client.get("/datasets/2").status_code in (200, 409)
    assert client.get("/api/datasets").status_code == 200
    assert client.get("/experiments/new").status_code == 200


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_an_experiment_that_cannot_be_read_can_be_deleted(client, database, damage):
    damaged_id = add_damaged(database, damage, state="completed")

    response = client.post(f"/experiments/{damaged_id}/delete", follow_redirects=False)

    assert response.status_code == 303
    assert client.get(f"/experiments/{damaged_id}").status_code == 404


def damaged_example(database) -> int:
    damage = next(damage for damage in DAMAGES if damage.name == "a used time of text")
    return add_damaged(database, damage, state="completed")


def test_the_page_says_what_cannot_be_read_and_shows_what_is_stored(client, database):
    damage = next(damage for damage in DAMAGES if "cannot parse" in damage.name)
    experiment_id = add_damaged(database, damage, state="completed")

    page = client.get(f"/experiments/{experiment_id}").text

    assert "cannot be read" in page
    assert "cannot read its later.py. Line 1: This is not valid Python" in page
    assert "units_1" in page
    assert client.get(f"/experiments/{experiment_id}/trials.csv").text.startswith("number,state")


def test_a_spreadsheet_finds_no_formula_in_what_is_stored(client, database):
    damage = next(damage for damage in DAMAGES if "cannot parse" in damage.name)
    experiment_id = add_damaged(database, damage, state="completed")
    with database.write() as session:
        trials = update(Trial).where(Trial.experiment_id == experiment_id)
        session.execute(trials.values(error="=HYPERLINK(1)", objective=-0.5))

    exported = client.get(f"/experiments/{experiment_id}/trials.csv").text

    row = next(csv.DictReader(io.StringIO(exported, newline="")))
    assert row["error"] == "'=HYPERLINK(1)"
    assert row["objective"] == "-0.5"


def test_lists_name_what_cannot_be_read_among_the_others(client, database, sound_id):
    damaged_id = damaged_example(database)

    page = client.get("/experiments").text
    items = client.get("/api/experiments").json()["items"]

    assert "a sound search" in page
    by_id = {item["id"]: item for item in items}
    assert by_id[sound_id]["finished"] == 3
    assert "seconds_used" in by_id[damaged_id]["problem"]
    assert "It cannot be read: experiments.seconds_used holds" in page


def test_an_action_on_what_cannot_be_read_is_refused_in_words(client, database):
    damage = next(damage for damage in DAMAGES if damage.name == "a used time of text")
    experiment_id = add_damaged(database, damage, state="completed")

    response = client.post(f"/api/experiments/{experiment_id}/add-trials", json={"count": 3})

    assert response.status_code == 409
    message = response.json()["detail"][0]["msg"]
    assert message.startswith(f"Experiment {experiment_id} cannot be read: experiments.seconds")


def test_a_mistake_of_ours_is_no_damage(client, database, sound_id, monkeypatch):
    def raise_error(*arguments):
        raise KeyError("a mistake")

    monkeypatch.setattr(overviews, "build", raise_error)

    with pytest.raises(KeyError):
        client.get(f"/experiments/{sound_id}")


def test_status_lists_what_cannot_be_read(settings, database, sound_id):
    damaged_example(database)

    result = CliRunner().invoke(main, ["status", "--data", str(settings.data)])

    assert result.exit_code == 0
    assert "It cannot be read" in result.output
    assert "a sound search" in result.output


def test_a_new_search_cannot_start_from_what_cannot_be_read(client, database, sound_id):
    damaged_id = damaged_example(database)
    request = {
        "name": "next",
        "dataset_id": 1,
        "max_trials": 3,
        "space": {"units_1": {"choice": [2, 3]}},
        "start_from": [damaged_id],
    }

    response = client.post("/api/experiments", json=request)

    assert response.status_code == 422
    assert "cannot be read" in response.json()["detail"][0]["msg"]
