"""Baselines on the pages of an experiment, of a trial and of a comparison, and their own page."""

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


def test_baselines_are_rows_above_the_trials_and_stay_when_it_is_updated(client, with_board):
    address = f"/experiments/{with_board.experiment_id}"
    page = text_of(client.get(address).text)
    fragment = text_of(client.get(f"{address}/live").text)

    for text in (page, fragment):
        assert "Ridge regression" in text
        assert "Skipped: &lt;too&gt; slow." in text
        assert text.index("Ridge regression") < text.index('name="trials" value="1"')


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
