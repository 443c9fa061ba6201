"""Pages: each shows what is there, says what to do where nothing is, and never breaks."""

import json
import re
import time

import plotly.graph_objects as go
import pytest

from app.db.models import Artifact, Worker
from app.domain.terms import TrialState
from app.web.response_cache import SHARED_SECONDS
from tests import factories

pytestmark = pytest.mark.each_database


@pytest.fixture
def judged(database):
    with database.write() as session:
        made = factories.experiment(session, name="Search one", max_trials=4)
        for number, objective in enumerate((3.0, 1.5, 2.0), start=1):
            trial = factories.completed_trial(session, made, number, objective, units_1=number + 1)
        failed = factories.trial(session, made, 4, units_1=9)
        failed.state, failed.failure_cause = TrialState.FAILED, "diverged"
        failed.error, failed.traceback = "diverged at epoch 2", "Traceback: here"
        return made.id, trial.id, failed.id


def test_without_anything_the_first_page_says_what_to_do(client):
    page = (
        client.get("/").text
        if client.get("/").status_code == 200
        else client.get("/experiments").text
    )
    assert "No experiment yet" in page
    assert "Upload a CSV" in page


def test_the_root_leads_to_the_experiments(client):
    assert client.get("/", follow_redirects=False).headers["location"] == "/experiments"


def test_without_a_worker_a_banner_says_how_to_start_one(client, database):
    assert "foretune worker" in client.get("/experiments").text
    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
    time.sleep(SHARED_SECONDS)  # another process wrote
    page = client.get("/experiments").text
    assert "foretune worker" not in page
    assert "1 worker, 2 slots" in page


def test_the_list_shows_progress_and_the_best(client, judged):
    page = client.get("/experiments").text
    assert "Search one" in page
    assert "4 of 4" in page
    assert "1.500" in page


def test_an_experiment_shows_its_trials_and_compares_with_the_baseline(client, judged):
    page = client.get(f"/experiments/{judged[0]}").text
    assert "trial 2" in page
    assert "Tomorrow = today" in page
    assert "1 × diverged" in page
    assert page.count("<tr class=") == 4


def test_an_experiment_says_whether_going_on_still_lowers_the_best(client, database):
    with database.write() as session:
        made = factories.experiment(
            session, max_trials=40, space={**factories.TINY, "units_1": {"integer": [2, 99]}}
        )
        for number, objective in enumerate((9, 8, 5, 6, 7, 4, 8, 6, 9, 7), start=1):
            factories.completed_trial(session, made, number, float(objective), units_1=number + 1)
        made_id = made.id
    page = client.get(f"/experiments/{made_id}").text
    assert (
        "Trials 6 to 10, the second half, lowered the best from 5.000 to 4.000, by 20.0 %." in page
    )


def test_the_table_can_be_sorted_filtered_and_narrowed(client, judged):
    url = f"/experiments/{judged[0]}"
    page = client.get(
        url, params={"sort": "objective", "descending": "true", "state": "completed"}
    ).text
    assert page.index(">3.000<") < page.index(">2.000<")
    assert 'aria-sort="descending"' in page
    assert page.count("<tr class=") == 3
    assert client.get(url, params={"search": "units_1>=4"}).text.count("<tr class=") == 2
    assert "is no filter" in client.get(url, params={"search": "what is this"}).text
    assert "best epoch" in client.get(url, params={"columns": ["best_epoch"]}).text


def test_an_experiment_can_be_renamed(client, judged):
    url = f"/experiments/{judged[0]}"
    answer = client.post(
        f"{url}/rename", data={"name": "  Was für eine Suche  "}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, url)
    assert client.get(f"/api{url}").json()["name"] == "Was für eine Suche"
    for name in ("", "   ", "a\x00b", "x" * 201):
        assert client.post(f"{url}/rename", data={"name": name}).status_code == 422
    assert client.get(f"/api{url}").json()["name"] == "Was für eine Suche"


def test_the_export_is_the_filtered_table_and_no_formula(client, database, judged):
    with database.write() as session:
        session.get(factories.Trial, judged[2]).error = "=HYPERLINK(1)"
    answer = client.get(f"/experiments/{judged[0]}/trials.csv", params={"sort": "objective"})
    lines = answer.text.strip().splitlines()
    assert lines[0].startswith("number,state,objective,test_rmse")
    assert lines[1].startswith("2,completed,1.5")
    assert lines[-1].endswith("'=HYPERLINK(1)")


def test_a_trial_shows_its_verdict_metrics_and_log(client, judged):
    page = client.get(f"/trials/{judged[1]}").text
    assert "Beats “tomorrow = today” on the test part: its error is 10.0% smaller." in page
    assert "10.0 %" in page
    assert 'data-chart-url="/trials/3/charts/validation"' in page


def test_a_failed_trial_shows_its_reason_and_traceback(client, judged):
    page = client.get(f"/trials/{judged[2]}").text
    assert "diverged at epoch 2" in page
    assert "Traceback: here" in page
    assert "Try again" in page


@pytest.mark.parametrize("chart", ["losses", "validation", "test"])
def test_charts_of_a_trial_are_figures_plotly_accepts(client, judged, chart):
    text = client.get(f"/trials/{judged[1]}/charts/{chart}").text
    figure = json.loads(
        re.sub(r'"(chart-\d|good|warm|bad)"', '"#123456"', text)
    )  # charts.js puts colours there
    drawn = go.Figure(figure["data"], figure["layout"])
    assert [trace.name for trace in drawn.data] == {
        "losses": ["train", "validation"],
        "validation": ["actual", "predicted", "tomorrow = today"],
        "test": ["actual", "predicted", "tomorrow = today"],
    }[chart]
    assert all(len(trace.x) for trace in drawn.data)


def test_the_objective_chart_has_the_best_so_far_and_the_baseline(client, judged):
    figure = client.get(f"/experiments/{judged[0]}/charts/objective").json()
    traces = {trace["name"]: trace for trace in figure["data"]}
    assert traces["best so far"]["y"] == [3.0, 1.5, 1.5, 1.5]
    assert traces["failed"]["x"] == [4]
    assert traces["tomorrow = today"]["y"][0] > 0


def test_a_live_fragment_is_only_sent_when_something_changed(client, database, judged):
    url = f"/trials/{judged[1]}/live"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    with database.write() as session:
        session.get(factories.Trial, judged[1]).validation_mae = 9.0
    time.sleep(
        SHARED_SECONDS
    )  # another process wrote: this server's pages share what they are told for so long
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", ["/experiments/live", "/experiments/1/live", "/trials/1/live"])
def test_fragments_hold_parts_with_ids(client, judged, path):
    assert "data-part" in client.get(path).text


@pytest.mark.parametrize(
    "path", ["/experiments/1/live", "/experiments/1/charts/objective", "/trials/1/charts/losses"]
)
def test_what_is_shared_says_the_same_packed_and_unpacked(client, judged, path):
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers.get("etag") == plain.headers.get("etag")
    assert packed.headers["content-type"] == plain.headers["content-type"]


def test_the_best_model_is_wished_for_prepared_and_downloaded(client, database, judged):
    url = f"/experiments/{judged[0]}"
    assert "Prepare the best model" in client.get(url).text
    client.post(f"{url}/best-model")
    assert "is being packed" in client.get(url).text
    assert client.get(f"{url}/best-model").status_code == 409
    with database.write() as session:
        bundle = session.query(Artifact).filter_by(kind="bundle").one()
        bundle.content, bundle.size = b"PK", 2
    assert "Download the best model" in client.get(url).text
    assert client.get(f"{url}/best-model").content == b"PK"


def test_actions_lead_back_to_the_page(client, database, judged):
    url = f"/experiments/{judged[0]}"
    assert client.post(f"{url}/stop", follow_redirects=False).status_code == 303
    assert client.post(f"{url}/resume", follow_redirects=False).headers["location"] == url
    assert (
        client.post(f"{url}/add-trials", data={"count": 3}, follow_redirects=False).status_code
        == 303
    )
    assert client.get(f"/api{url}").json()["max_trials"] == 7
    assert client.post(f"{url}/retry-failed", follow_redirects=False).status_code == 303
    assert client.get(f"/api/trials/{judged[2]}").json()["state"] == "queued"


def test_more_time_is_given_on_the_page_of_a_search_that_has_a_time_budget(
    client, database, judged
):
    url = f"/experiments/{judged[0]}"
    assert "more minutes" not in client.get(url).text
    with database.write() as session:
        session.get(factories.Experiment, judged[0]).time_budget_seconds = 60
    assert "more minutes" in client.get(url).text
    assert (
        client.post(f"{url}/add-time", data={"minutes": 2.5}, follow_redirects=False).headers[
            "location"
        ]
        == url
    )
    assert client.get(f"/api{url}").json()["time_budget_seconds"] == 210
    answer = client.post(f"{url}/add-time", data={"minutes": "nan"})
    assert answer.status_code == 422


def test_what_cannot_be_done_says_why_on_a_page(client, judged):
    answer = client.post(f"/trials/{judged[1]}/retry")
    assert answer.status_code == 409
    assert "only a failed or stopped one" in answer.text
    assert f'href="/trials/{judged[1]}">Back to the trial' in answer.text
    answer = client.post(f"/experiments/{judged[0]}/add-trials", data={"count": "many"})
    assert answer.status_code == 422
    assert f'href="/experiments/{judged[0]}">Back to the experiment' in answer.text


@pytest.mark.parametrize(
    "path", ["/experiments/999", "/experiments/x", "/nowhere", "/trials/999/charts/losses"]
)
def test_what_is_not_there_leads_to_the_experiments(client, path):
    assert "To the experiments" in client.get(path).text


def test_an_experiment_is_deleted_with_all_that_is_its_own(client, database, judged):
    assert client.post(f"/experiments/{judged[0]}/delete").status_code == 200
    with database.read() as session:
        assert session.query(factories.Trial).count() == 0
        assert session.query(factories.Epoch).count() == 0
    assert (
        client.post("/datasets/1/delete", follow_redirects=False).headers["location"] == "/datasets"
    )


@pytest.mark.parametrize(
    "path", ["/experiments/77", "/trials/77", "/datasets/77", "/uploads/77", "/nowhere"]
)
def test_what_is_not_there_is_a_page_that_says_so(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>Not here</h1>" in answer.text


@pytest.mark.parametrize(
    "number", ["0", "-1", "-1180591620717411303424", "99999999999999999999999"]
)
@pytest.mark.parametrize("room", ["experiments", "trials", "datasets"])
def test_an_impossible_id_is_not_there(client, room, number):
    assert client.get(f"/{room}/{number}").status_code == 404


def test_the_footer_says_how_to_make_a_backup_of_this_database(client, settings):
    page = client.get("/experiments").text

    footer = page.split("<footer", 1)[1]
    assert ("foretune backup FILE" in footer) == (not settings.database_url)
    assert ("pg_dump" in footer) == bool(settings.database_url)
    assert "copy the file" not in footer
