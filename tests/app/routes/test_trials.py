"""Pages of trials: verdict, scores, log, charts, and what changes."""

import json
import re
import time

import plotly.graph_objects as go
import pytest

from app.db.models import Epoch, Trial
from app.queue import artifacts
from app.web.response_cache import SHARED_SECONDS
from tests import factories

pytestmark = pytest.mark.each_database

BANDS = ("95 % band", "95 % band", "80 % band", "80 % band")  # the lower and the upper line of each


def test_a_trial_shows_its_verdict_metrics_and_log(client, searched):
    page = client.get(f"/trials/{searched.trial_id}").text

    assert "Beats naive (last value) on the test part: its error is 10.0 % smaller." in page
    assert "10.0 %" in page
    assert 'data-chart-url="/trials/3/charts/validation"' in page


@pytest.mark.parametrize(("skill", "tone"), [(0.1, "good"), (-1.7, "warm")])
def test_a_training_that_converged_is_praised_only_where_its_forecast_beats_the_baseline(
    client, database, searched, skill, tone
):
    with database.write() as session:
        trial = session.get_one(Trial, searched.trial_id)
        trial.epochs_trained = 8
        trial.best_epoch = 3
        trial.validation_skill = skill
        trial.test_skill = skill
        for number in range(1, 9):
            loss = max(1 / number, 1 / 3)
            epoch = Epoch(
                training_id=trial.training_id, number=number, train_loss=loss, val_loss=loss
            )
            epoch.seconds = 0.5
            session.merge(epoch)

    page = client.get(f"/trials/{searched.trial_id}").text

    assert f'<p class="verdict {tone}">Converged, no overfitting: both' in page
    assert ("it settled at a poor forecast" in page) == (tone == "warm")


def test_every_completed_trial_can_be_downloaded_from_its_row(client, database, searched):
    row = client.get(f"/experiments/{searched.experiment_id}").text
    address = f"/trials/{searched.trial_id}/bundle"

    asked = client.post(address, follow_redirects=False)
    waiting = client.get(f"/trials/{searched.trial_id}").text
    too_early = client.get(address)
    with database.write() as session:
        claim = artifacts.claim_bundle(session)
        artifacts.complete_bundle(session, claim.token, b"PK")
    ready = client.post(address)
    page = client.get(f"/trials/{searched.trial_id}").text
    failed = client.post(f"/trials/{searched.failed_trial_id}/bundle")

    assert row.count('aria-label="Download trial') == 3
    assert f'formaction="{address}"' in row
    assert asked.headers["location"] == f"/trials/{searched.trial_id}#download"
    assert "It waits for a worker to pack and check it" in waiting
    assert too_early.status_code == 409
    assert ready.content == b"PK"
    assert "foretune-experiment-1-trial-3.zip" in ready.headers["content-disposition"]
    assert f'id="download" href="{address}"' in page
    assert failed.status_code == 409


def test_a_failed_trial_shows_its_reason_and_traceback(client, searched):
    page = client.get(f"/trials/{searched.failed_trial_id}").text

    assert "diverged at epoch 2" in page
    assert "Traceback: here" in page
    assert "Try again" in page


def test_a_long_error_is_cut_at_the_head_of_its_page_and_shown_in_the_traceback(
    client, database, searched
):
    error = "begins " + "x" * 19_000 + " ends"
    with database.write() as session:
        trial = session.get_one(Trial, searched.failed_trial_id)
        trial.error = error
        trial.traceback = error

    page = client.get(f"/trials/{searched.failed_trial_id}").text

    assert "xxx … 18,072 characters left out … xxx" in page
    assert page.count(error) == 1


@pytest.mark.parametrize("chart", ["losses", "validation", "test"])
def test_charts_of_a_trial_are_figures_plotly_accepts(client, searched, chart):
    text = client.get(f"/trials/{searched.trial_id}/charts/{chart}").text
    figure = json.loads(
        re.sub(r'"(chart-[\w-]+|good|warm|bad)"', '"#123456"', text)
    )  # charts.js puts colours there
    drawn = go.Figure(figure["data"], figure["layout"])

    assert [trace.name for trace in drawn.data] == {
        "losses": ["train", "validation"],
        "validation": ["80 % band", "80 % band", "actual", "predicted", "naive (last value)"],
        "test": [*BANDS, "actual", "predicted", "naive (last value)"],
    }[chart]
    assert all(len(trace.x) for trace in drawn.data)


def test_a_live_fragment_is_only_sent_when_something_changed(client, database, searched):
    url = f"/trials/{searched.trial_id}/live"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304

    with database.write() as session:
        session.get(factories.Trial, searched.trial_id).validation_mae = 9.0

    time.sleep(
        SHARED_SECONDS
    )  # another process wrote: this server's pages share what they are told for so long

    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_suggestion_leads_to_the_form_that_tries_it(client, database, searched):
    with database.write() as session:
        trial = session.get_one(Trial, searched.trial_id)
        trial.epochs_trained = 5
        trial.best_epoch = 5
        for number in (4, 5):
            session.merge(
                Epoch(
                    training_id=trial.training_id,
                    number=number,
                    train_loss=0.1 / number,
                    val_loss=0.1 / number,
                    seconds=0.5,
                )
            )
    address = f"/experiments/new?trial={searched.trial_id}&amp;step=more-epochs"

    page = client.get(f"/trials/{searched.trial_id}").text
    form = client.get(address.replace("&amp;", "&")).text

    assert "both losses were still falling" in page
    assert address in page
    assert 'name="space.epochs.text" value="15"' in re.sub(r"\s+", " ", form)


def test_a_trial_of_an_earlier_version_gets_its_more_scores_when_it_is_read(
    client, database, searched
):
    page = client.get(f"/trials/{searched.trial_id}").text

    with database.read() as session:
        scores = session.get_one(Trial, searched.trial_id).more_scores
    assert scores["test"]["bias"] == pytest.approx(0.25)
    assert "The 80 % band held 100 % of the test rows, the 95 % band 100 %." in page
    assert "There is no 95 % band" in page  # on the 12 rows of validation
    assert "Validation also chose the model" in page
    assert "The MAE relative to that of naive (last value) on the train part." in page


def lines_of(figure):
    return [trace for trace in figure["data"] if "band" not in trace["name"]]


def test_a_chart_shows_one_step_of_several_rows_ahead(client, database):
    with database.write() as session:
        experiment = factories.experiment(session, horizon=3)
        trial_id = factories.completed_trial(session, experiment).id
        factories.board(session, experiment)
    address = f"/trials/{trial_id}/charts/test"

    first = lines_of(client.get(address).json())
    third = lines_of(client.get(address, params={"step": 3}).json())

    names = [trace["name"] for trace in third]
    assert names[:3] == ["actual", "predicted, 3 rows ahead", "naive (last value)"]
    assert names[3] == "Ridge regression"
    assert third[0]["x"][0] == first[0]["x"][2]
    assert third[3]["y"][0] == pytest.approx(third[0]["y"][0] - 0.5, rel=1e-6)
    assert client.get(f"/trials/{trial_id}").status_code == 200
    comparison = f"/experiments/{experiment.id}/charts/comparison"
    compared = client.get(comparison, params={"of": "test", "trials": "1", "step": 2}).json()
    assert compared["data"][0]["x"][0] == first[0]["x"][1]
    assert client.get(address, params={"step": 4}).status_code == 422
