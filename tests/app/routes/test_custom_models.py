"""Networks of the owner's own in the form, the pages and the API."""

from pathlib import Path

import pytest

from app.db.models import Experiment
from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.queue import proposals
from app.services import custom_models, trial_listing
from app.services.trial_listing import TrialQuery
from app.web.forms.experiment import blank_fields, space_fields
from tests import factories
from tests.html_forms import fields_of

FILES = Path(__file__).parents[2] / "custom_models"
BROKEN = 'def build(hp):\n    return hp.Int("units", low, 8)\n'


@pytest.fixture
def folder(settings, database):
    place = settings.data / "models"
    place.mkdir()
    for path in FILES.glob("*.py"):
        (place / path.name).write_text(path.read_text())
    (place / "broken.py").write_text(BROKEN)
    return place


@pytest.fixture
def dataset_id(database):
    with database.write() as session:
        return factories.dataset(session, rows=300).id


@pytest.fixture
def form(settings, folder, dataset_id):
    custom_model = custom_models.find(settings.data, "hyperas_gru")
    fields = blank_fields() | space_fields(
        custom_space(custom_model), custom_catalogue(custom_model)
    )
    wanted = {
        "name": "mine",
        "dataset_id": str(dataset_id),
        "strategy": "random",
        "max_trials": "4",
    }
    return fields | wanted | {"custom_model": "hyperas_gru"}


@pytest.fixture
def searched(client, form):
    return client.post("/experiments", data=form, follow_redirects=False).headers["location"]


def test_every_file_is_offered_and_a_broken_one_says_its_line(client, folder, dataset_id):
    page = client.get("/experiments/new").text
    for name in ("talos_lstm", "hyperas_gru", "tuner_dense", "hyperopt_lstm"):
        assert f'name="network" value="{name}"' in page

    assert "cannot be used. Line 2: The min_value of &#34;units&#34; must be a plain number" in page
    assert 'value="broken"' not in page


def test_another_network_keeps_what_was_typed_and_can_be_undone(client, database, form):
    typed = form | {"name": "Typed", "horizon": "2", "space.GRU.choices": "5, 7"}
    typed |= {"seed": "11", "custom_model": "hyperas_gru"}

    page = client.post("/experiments", data=typed | {"network": "tuner_dense"}).text
    dense = fields_of(page)
    built_in = fields_of(client.post("/experiments", data=dense | {"network": ""}).text)
    undone = fields_of(client.post("/experiments", data=dense | {"undo": "1"}).text)

    assert "tuner_dense.py was chosen, with the search space of this file." in page
    for fields in (dense, built_in, undone):
        assert (fields["name"], fields["horizon"], fields["seed"]) == ("Typed", "2", "11")
    assert dense["custom_model"] == "tuner_dense"
    assert dense["space.units_1.text"].startswith("4..")
    assert built_in["custom_model"] == ""
    assert built_in["space.units_1.text"] == "8..64 log"
    assert undone["custom_model"] == "hyperas_gru"
    assert undone["space.GRU.text"] == "5, 7"
    with database.read() as session:
        assert session.query(Experiment).count() == 0


def test_without_a_file_the_form_says_where_one_would_go(client, dataset_id):
    assert "A Python file in the folder <code>models</code>" in client.get("/experiments/new").text


def test_a_chosen_file_fills_the_form_with_the_space_it_describes(client, folder, dataset_id):
    form = fields_of(client.get("/experiments/new").text)
    page = client.post("/experiments", data=form | {"network": "tuner_dense"}).text

    assert 'name="space.units_1.text" value="4..' in page
    assert 'data-requires="num_layers" data-least="2"' in page
    assert 'name="space.recurrent_layers.text"' not in page
    assert '<input type="hidden" name="custom_model" value="tuner_dense">' in page


def test_the_live_line_counts_the_space_of_the_file(client, form):
    found = client.post("/experiments/preview", data=form).json()

    assert "1 continuous hyperparameter (Dropout)" in found["size"]
    assert found["problems"] == []
    assert "GRU=" in found["samples"][0]


def test_an_experiment_keeps_the_file_as_it_was(client, database, folder, searched):
    (folder / "hyperas_gru.py").write_text(BROKEN)
    with database.read() as session:
        made = session.get(Experiment, 1)
        assert made.custom_model_source == (FILES / "hyperas_gru.py").read_text()
        assert "GRU" in made.space.dimensions

    page = client.get(searched).text

    assert "hyperas_gru.py</code>, as it was then" in page
    assert "{{choice([4, 8])}}" in page


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"custom_model": "broken"}, "custom_model", "broken.py cannot be used. Line 2"),
        (
            {"custom_model": "gone"},
            "custom_model",
            "File &#34;gone.py&#34; not found in the folder models",
        ),
        ({"custom_model": "../../etc/passwd"}, "custom_model", "File"),
        (
            {"space.GRU.choices": "4, many"},
            "space.GRU.kind",
            "GRU must be a number, not &#34;many&#34;",
        ),
        (
            {"space.time_steps.value": "0"},
            "space.time_steps.kind",
            "time_steps must be between 1 and 1000",
        ),
        ({"space.batch_size.choices": "16, 5000"}, "space.batch_size.kind", "more than the"),
        (
            {"space.optimizer.choices": "sgd"},
            "space.optimizer.kind",
            "optimizer must be one of rmsprop, adam",
        ),
        (
            {"strategy": "manual", "points": "units_1=3"},
            "points",
            "&#34;units_1=3&#34; is not like",
        ),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(client, form, change, field, words):
    answer = client.post("/experiments", data=form | change | {"name": "kept name"})

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert words in answer.text
    assert 'value="kept name"' in answer.text


def test_a_file_that_breaks_meanwhile_costs_nothing_that_was_entered(client, folder, form):
    good = (folder / "hyperas_gru.py").read_text()
    (folder / "hyperas_gru.py").write_text(BROKEN)
    page = client.post("/experiments", data=form | {"space.GRU.choices": "5, 7"}).text

    assert '<input type="hidden" name="space.GRU.choices" value="5, 7">' in page
    assert '<input type="hidden" name="custom_model" value="hyperas_gru">' in page

    (folder / "hyperas_gru.py").write_text(good)
    again = client.post("/experiments", data=form | {"space.GRU.choices": "5, 7", "check": "1"})

    assert 'name="space.GRU.text" value="5, 7"' in again.text


def test_points_of_the_manual_strategy_take_the_names_of_the_file(client, database, form):
    client.post(
        "/experiments", data=form | {"strategy": "manual", "points": "GRU=8 option=deep\nGRU=4"}
    )
    with database.read() as session:
        assert [point["GRU"] for point in session.get(Experiment, 1).points] == [8, 4]


def test_trials_are_filtered_sorted_and_exported_by_the_names_of_the_file(
    client, database, searched
):
    with database.write() as session:
        made = session.get(Experiment, 1)
        for number, units in enumerate((4, 8, 6), start=1):
            with_defaults = made.space.with_defaults({"GRU": units, "option": "deep"})
            proposals.propose(session, made, number, with_defaults)
        query = TrialQuery(
            search="GRU>=6 option=deep",
            sort="parameters.GRU",
            catalogue=made.catalogue,
        )
        assert [row.number for row in trial_listing.listing(session, 1, query).items] == [3, 2]

    page = client.get(searched, params={"search": "GRU>=6", "sort": "parameters.GRU"}).text

    assert 'href="/trials/3"' in page
    assert 'href="/trials/1"' not in page

    listed = client.get("/api/experiments/1/trials", params={"sort": "-parameters.GRU"}).json()[
        "items"
    ]

    assert [row["parameters"]["GRU"] for row in listed] == [8, 6, 4]
    assert client.get("/trials/1").status_code == 200


def test_a_copy_of_the_experiment_has_its_file_and_its_space(client, form):
    client.post("/experiments", data=form | {"space.GRU.choices": "4, 16"})
    page = client.get("/experiments/new", params={"experiment": 1}).text

    assert '<input type="hidden" name="custom_model" value="hyperas_gru">' in page
    assert 'name="space.GRU.text" value="4, 16"' in page


def test_the_api_lists_the_files_and_takes_one_by_name(client, folder, dataset_id):
    listed = {row["name"]: row for row in client.get("/api/custom-models").json()["items"]}

    assert listed["talos_lstm"]["shape"] == "talos"
    assert listed["talos_lstm"]["space"]["lr"] == {"choice": [0.01, 0.001]}
    assert listed["broken"]["problem"].startswith("Line 2")

    body = {"name": "a", "dataset_id": dataset_id, "custom_model": "talos_lstm", "strategy": "grid"}
    made = client.post("/api/experiments", json=body)

    assert made.status_code == 201
    assert made.json()["custom_model"] == "talos_lstm"
    assert made.json()["space"]["lr"] == {"choice": [0.01, 0.001]}

    refused = client.post("/api/experiments", json=body | {"custom_model": "broken"})

    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "custom_model"]
