"""Pages, charts and the API of a search say which error it minimises."""

import re

import pytest

from tests import factories

SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


@pytest.fixture
def searched(database):
    """By objective: an experiment of three trials with MAEs of 1.5, 0.5 and 1, and with baselines.

    The ridge is off by 0.5 in each row, so that trial 2 is as good as it is.
    """
    ids = {}
    with database.write() as session:
        for objective in ("rmse", "mae", "mase", "val_loss"):
            made = factories.experiment(session, objective=objective, space=SPACE, max_trials=3)
            factories.board(session, made, naive=1.0, ridge=0.5)
            for number, rmse in enumerate((3.0, 1.0, 2.0), start=1):
                trial = factories.completed_trial(session, made, number, rmse, units_1=number + 1)
                trial.objective = made.yardstick.of_part(trial)
                trial.objective_se = 0.125 if made.yardstick.info.is_error else None
            made.objective_scale = made.objective_scale and 0.25
            ids[objective] = made.id
    return ids


def test_an_experiment_shows_the_error_that_it_minimises_and_those_of_baselines(client, searched):
    pages = {name: client.get(f"/experiments/{id}").text for name, id in searched.items()}

    assert "validation RMSE, in the units of the CSV" in pages["rmse"]
    assert "Best validation MAE</dt>" in pages["mae"]
    assert "trial 2 with a validation MAE of 0.5." in pages["mae"]
    assert "trial 2 with a validation MASE of 2." in pages["mase"]
    assert "the MAE relative to that of the naive forecast on the train part" in pages["mase"]
    assert "trial 2 with a validation RMSE of 1." in pages["val_loss"]
    assert "on test" not in pages["mase"].split("<thead>")[1].split("</thead>")[0]


@pytest.mark.parametrize(
    ("objective", "title", "ridge"),
    [
        ("rmse", "validation RMSE", 0.5),
        ("mae", "validation MAE", 0.5),
        ("mase", "validation MASE", 2.0),
        ("val_loss", "val_loss (scaled units)", None),
    ],
)
def test_charts_are_in_the_units_of_the_objective(client, searched, objective, title, ridge):
    figure = client.get(f"/experiments/{searched[objective]}/charts/objective").json()

    levels = [trace["y"] for trace in figure["data"] if trace["name"] == "Ridge regression"]
    assert figure["layout"]["yaxis"]["title"]["text"] == title
    assert levels == ([] if ridge is None else [[pytest.approx(ridge)] * 2])


def test_trials_are_compared_by_the_error_that_is_minimised(client, searched):
    address = f"/experiments/{searched['mase']}"
    page = client.get(f"{address}/comparison?trials=1,2").text
    figure = client.get(f"{address}/charts/comparison?trials=1,2").json()

    first = figure["data"][0]
    assert "<h2>Validation MASE by epoch</h2>" in page
    assert "test MASE" in page
    assert figure["layout"]["yaxis"]["title"]["text"] == "validation MASE"
    assert first["y"] == [4.0, 2.0, pytest.approx(4 / 3)]  # MAEs of 1, 1/2, 1/3 over 0.25


def test_a_trial_says_what_its_standard_error_is_of(client, searched):
    trials = client.get(f"/api/experiments/{searched['mae']}/trials").json()["items"]

    page = client.get(f"/trials/{trials[0]['id']}").text

    assert "Validation MAE: 1.500 ± 0.12" in page


def test_the_api_and_the_export_name_the_objective(client, searched):
    mase = client.get(f"/api/experiments/{searched['mase']}").json()
    val_loss = client.get(f"/api/experiments/{searched['val_loss']}").json()
    exported = client.get(f"/experiments/{searched['mae']}/trials.csv?columns=objective").text

    assert (mase["objective"], mase["objective_scale"]) == ("mase", 0.25)
    assert mase["naive_objective"] > 0
    assert val_loss["naive_objective"] is None
    assert exported.splitlines()[1] == "2,completed,0.5,,False,,"


def test_a_clone_and_the_form_offer_every_objective(client, searched):
    page = client.get(f"/experiments/new?experiment={searched['mase']}").text

    select = page.partition('<select id="objective"')[2].partition("</select>")[0]
    options = re.findall(r'<option value="(\w+)"( selected)?>', select)
    assert options == [("rmse", ""), ("mae", ""), ("mase", " selected"), ("val_loss", "")]
