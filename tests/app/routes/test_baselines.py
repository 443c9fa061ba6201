"""Baselines on the pages of an experiment, of a trial and of a comparison, and their own page."""

import re

import numpy as np
import pytest

from app.db.models import Experiment
from tests import factories
from tests.pages import text_of

pytestmark = pytest.mark.each_database


@pytest.fixture
def with_board(database, searched):
    """The ids of `searched`, with a board on which a ridge regression is the best."""
    with database.write() as session:
        made = session.get_one(Experiment, searched.experiment_id)
        stored = factories.board(session, made, naive=1.0, ridge=0.5)
        skipped = factories.add_baseline(session, made, stored, "arima", 1.0)
        skipped.validation_rmse = None
        skipped.test_rmse = None
        skipped.problem = "Skipped: <too> slow."
    return searched


def test_the_head_of_the_page_names_a_baseline_that_wins(client, with_board):
    page = text_of(client.get(f"/experiments/{with_board.experiment_id}").text)

    assert (
        "A ridge regression is better than every network here: "
        "validation RMSE 0.5000 against 1.500." in page
    )


def test_the_best_baseline_is_above_the_trials_and_the_others_below(client, with_board):
    address = f"/experiments/{with_board.experiment_id}"
    page = text_of(client.get(address).text)
    fragment = text_of(client.get(f"{address}/live").text)

    for text in (page, fragment):
        assert "Ridge regression" in text
        assert "Skipped: &lt;too&gt; slow." in text
        first_trial = text.index('name="trials" value="1"')
        assert text.index("Ridge regression") < first_trial < text.index("Skipped: ")


def test_a_page_without_a_board_has_no_baselines(client, database, searched):
    with database.write() as session:
        session.get_one(Experiment, searched.experiment_id).board_id = None

    page = client.get(f"/experiments/{searched.experiment_id}").text
    own_page = client.get(f"/experiments/{searched.experiment_id}/baselines")

    assert 'class="baselines"' not in page
    assert own_page.status_code == 200
    assert "from a version of Foretune without baselines" in own_page.text


def test_a_board_that_is_being_computed_is_said_so(client, database, with_board):
    with database.write() as session:
        board = session.get_one(Experiment, with_board.experiment_id).board
        board.finished_at = None

    page = client.get(f"/experiments/{with_board.experiment_id}").text
    trial = client.get(f"/trials/{with_board.trial_id}").text

    assert "wait for a worker" in page
    assert "wait for a worker" in trial


def test_a_trial_is_compared_with_the_best_baseline_in_words_and_charts(client, with_board):
    address = f"/trials/{with_board.trial_id}"
    page = text_of(client.get(address).text)
    figure = client.get(f"{address}/charts/test").json()
    errors = client.get(f"{address}/charts/test?view=errors").json()

    assert "Against the best baseline, a ridge regression: better by 50.0 %" in page
    assert figure["data"][-1]["name"] == "Ridge regression"
    assert errors["data"][-1]["name"] == "Ridge regression − actual"
    assert max(errors["data"][-1]["y"]) == pytest.approx(0.5)


def test_charts_of_the_search_and_of_a_comparison_have_the_best_baseline(client, with_board):
    address = f"/experiments/{with_board.experiment_id}"
    names = {}
    for chart in ("objective", "comparison?trials=1,2", "comparison?trials=1,2&of=test"):
        figure = client.get(f"{address}/charts/{chart}").json()
        names[chart] = [trace["name"] for trace in figure["data"]]
    comparison = text_of(client.get(f"{address}/comparison?trials=1,2").text)

    assert all("Ridge regression" in listed for listed in names.values()), names
    assert "better than Ridge regression on test" in comparison
    assert "+50.0 %" in comparison


def test_the_page_of_baselines_ranks_them_with_the_best_trial(client, with_board):
    page = text_of(client.get(f"/experiments/{with_board.experiment_id}/baselines").text)

    order = [page.index(title) for title in ("Ridge regression", "Naive", "Trial 2", "ARIMA")]
    assert order == sorted(order)
    assert "Linear in lagged values and the calendar." in page


def send_forecasts(client, experiment_id, name="Chronos", content=None):
    """Upload predictions for all dates of the walk, 2020-01-01 on."""
    if content is None:
        start = np.datetime64("2020-01-01")
        lines = [f"{start + day},{50 + day % 5}" for day in range(120)]
        content = "\n".join(["date,prediction", *lines]).encode()
    return client.post(
        f"/experiments/{experiment_id}/baselines",
        data={"name": name},
        files={"file": ("chronos.csv", content)},
        follow_redirects=False,
    )


def test_another_program_is_put_on_the_board_and_taken_off_again(client, with_board):
    address = f"/experiments/{with_board.experiment_id}/baselines"

    sent = send_forecasts(client, with_board.experiment_id)
    page = text_of(client.get(address).text)
    table = text_of(client.get(f"/experiments/{with_board.experiment_id}").text)
    deletion = re.search(rf"{address}/\d+/delete", page)
    client.post(deletion[0])
    page_without = client.get(address).text

    assert sent.headers["location"] == address
    assert "Uploaded as chronos.csv." in page
    assert "Chronos" in table
    assert "Chronos" not in page_without.partition("None yet")[0]


def test_what_is_wrong_with_forecasts_is_said_at_the_fields(client, with_board):
    nothing_in_it = send_forecasts(client, with_board.experiment_id, content=b"who,knows\na,b\n")
    taken_name = send_forecasts(client, with_board.experiment_id, name="ridge")

    assert nothing_in_it.status_code == 422
    assert 'id="file-error"' in nothing_in_it.text
    assert 'value="Chronos"' in nothing_in_it.text
    assert taken_name.status_code == 422
    assert 'id="name-error"' in taken_name.text


def test_only_baselines_of_the_experiment_itself_can_be_taken_off(client, database, with_board):
    with database.write() as session:
        other = factories.experiment(session)
        other.board_id = None
        ridge = next(
            baseline
            for baseline in session.get_one(Experiment, with_board.experiment_id).board.baselines
            if baseline.name == "ridge"
        )
        addresses = [
            f"/experiments/{other.id}/baselines/{ridge.id}/delete",
            f"/experiments/{with_board.experiment_id}/baselines/{ridge.id}/delete",
        ]

    codes = [client.post(address).status_code for address in addresses]

    assert codes == [404, 409]
