"""Hyperopt code through the form and the API."""

import pytest

from app.domain.presets import TPE_SPACE
from app.domain.search_space.space import SearchSpace
from app.web.forms.experiment import blank_fields
from tests import factories
from tests.app.domain.hyperopt.test_import_code import PRACTITIONERS
from tests.app.domain.hyperopt.test_syntax import CASES, SPACES


@pytest.fixture
def form(database):
    with database.write() as session:
        dataset_id = factories.dataset(session, rows=600).id
    return blank_fields() | {
        "name": "kept <b>",
        "dataset_id": str(dataset_id),
        "max_trials": "7",
        "read_hyperopt": "1",
    }


def test_read_it_fills_the_rows_and_loses_nothing(client, form):
    answer = client.post("/experiments", data=form | {"hyperopt": PRACTITIONERS})

    assert answer.status_code == 200
    assert 'value="70, 80, 100, 130"' in answer.text
    assert ' when recurrent_layers=2"' in answer.text
    assert 'value="kept &lt;b&gt;"' in answer.text
    assert 'value="7"' in answer.text
    assert "units_lstm2" in answer.text


def test_an_error_stands_at_the_field_and_the_code_stays(client, form):
    code = "space = {\n 'unitz': hp.choice('x', [8])}"
    answer = client.post(
        "/experiments", data=form | {"hyperopt": code, "space.units_1.value": "77"}
    )

    assert answer.status_code == 422
    assert 'id="hyperopt-error"' in answer.text
    assert "Line 2, column 2: Hyperparameter" in answer.text
    assert "hp.choice(&#39;x&#39;, [8])" in answer.text
    assert 'value="77"' in answer.text
    assert client.get("/api/experiments").json()["total"] == 0


def test_the_api_gives_the_presets_space_for_the_practitioners_code(client):
    answer = client.post("/api/spaces/hyperopt", json={"code": PRACTITIONERS})

    assert answer.status_code == 200
    assert answer.json()["space"] == SearchSpace.parse(TPE_SPACE.space).document()


@pytest.mark.parametrize(
    "code", ["", "x = 3", "space = {'a': 1}", "space = {'units_1': __import__('os')}", "é\0"]
)
def test_the_api_refuses_other_code_at_its_field(client, code):
    answer = client.post("/api/spaces/hyperopt", json={"code": code})

    assert answer.status_code == 422
    assert "Line 1, column" in answer.text
    assert "code" in answer.text


@pytest.mark.parametrize("name", SPACES)
def test_the_api_and_the_form_read_spaces_as_people_write_them(client, form, name):
    code = (CASES / f"{name}.py").read_text()

    answer = client.post("/api/spaces/hyperopt", json={"code": code})
    page = client.post("/experiments", data=form | {"hyperopt": code.replace("\n", "\r\n")})

    assert answer.status_code == 200
    assert answer.json()["space"] == SPACES[name]
    assert page.status_code == 200
    assert 'id="hyperopt-error"' not in page.text


def test_it_is_said_how_code_was_read(client, form):
    code = (
        "space = {'n_layers': hp.choice('l', [1, 2]), 'units': hp.choice('u', [8, 16]),"
        " 'lr': hp.loguniform('lr', np.log(1e-12), np.log(0.1))}"
    )

    answer = client.post("/api/spaces/hyperopt", json={"code": code})
    page = client.post("/experiments", data=form | {"hyperopt": code})

    notes = answer.json()["notes"]
    assert notes == [
        "Read n_layers as recurrent_layers, units as units_1, lr as learning_rate.",
        "The code describes the first layer alone. In later ones, units_2 is 16.",
        "learning_rate: 1e-12 is not possible; the search keeps to 1e-08 there.",
    ]
    assert all(note in page.text for note in notes)


def test_bounds_that_are_no_logarithms_are_read_as_they_are_meant_at_a_click(client, form):
    code = "space = {\r\n 'lr': hp.loguniform('lr', 0.0001, 0.01)}"

    page = client.post("/experiments", data=form | {"hyperopt": code})

    assert page.status_code == 422
    assert "draws from 1.0001 to 1.01005. From 0.0001 to 0.01 is" in page.text
    assert 'name="read_hyperopt" value="corrected"' in page.text

    page = client.post("/experiments", data=form | {"hyperopt": code, "read_hyperopt": "corrected"})

    assert page.status_code == 200
    assert "hp.loguniform(&#39;lr&#39;, np.log(0.0001), np.log(0.01))" in page.text
    assert 'name="space.learning_rate.text" value="0.0001..' in " ".join(page.text.split())


def test_what_a_search_leaves_out_is_said_when_it_starts_and_before(client, form):
    request = {"name": "cut", "dataset_id": int(form["dataset_id"]), "strategy": "random"}
    fields = {**form, "space.learning_rate.kind": "loguniform", "space.learning_rate.low": "1e-12",
              "space.learning_rate.high": "0.1"}  # fmt: skip
    del fields["read_hyperopt"]
    space = {"learning_rate": {"loguniform": [1e-12, 0.1]}, "time_steps": 4}

    answer = client.post("/api/experiments", json={**request, "space": space})
    preview = client.post("/experiments/preview", data=fields)

    note = "learning_rate: 1e-12 is not possible; the search keeps to 1e-08 there."
    assert answer.json()["space_notes"] == [note]
    assert preview.json()["space_notes"] == [note]


def test_a_search_with_a_condition_that_can_never_hold_is_refused(client, form):
    space = {"learning_rate": {"choice": [0.1, 0.2], "when": {"optimizer": "sgd"}}}

    answer = client.post(
        "/api/experiments",
        json={"name": "x", "dataset_id": int(form["dataset_id"]), "strategy": "random",
              "space": space},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "learning_rate is never searched: its condition asks for optimizer=sgd" in answer.text


def test_an_experiments_space_is_handed_out_as_hyperopt_code(client, database):
    with database.write() as session:
        made = factories.experiment(session)

    code = client.get(f"/api/experiments/{made.id}/hyperopt")

    assert code.status_code == 200
    assert '"units_1": hp.choice("units_1", [2, 3, 4])' in code.text

    page = client.get(f"/experiments/{made.id}").text

    assert f'href="/experiments/{made.id}/space.py"' in page

    download = client.get(f"/experiments/{made.id}/space.py")

    assert download.text == code.text
    assert "attachment" in download.headers["Content-Disposition"]

    read = client.post("/api/spaces/hyperopt", json={"code": code.text}).json()["space"]

    assert read["units_1"] == {"choice": [2, 3, 4]}


def test_the_code_of_an_experiment_that_is_not_there_is_not_there(client):
    assert client.get("/api/experiments/99/hyperopt").status_code == 404


@pytest.mark.parametrize("strategy", ["hyperopt-tpe", "hyperopt-anneal", "hyperopt-random"])
def test_a_space_that_hyperopt_cannot_express_is_refused_for_its_strategies(
    client, database, strategy
):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    request = {
        "name": "many branches",
        "dataset_id": dataset_id,
        "space": {
            "time_steps": 4,
            "epochs": {"integer": [1, 2000]},
            "cell": {"choice": ["lstm", "gru"], "when": {"epochs": [3, 4]}},
        },
    }

    refused = client.post("/api/experiments", json={**request, "strategy": strategy})
    accepted = client.post("/api/experiments", json={**request, "strategy": "random"})

    assert refused.status_code == 422
    assert "Others depend on epochs, which has too many values for branches." in refused.text
    assert "Name fewer values, or choose another strategy." in refused.text
    assert accepted.status_code == 201, accepted.text
