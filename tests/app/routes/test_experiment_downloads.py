"""Files of an experiment: its trials as CSV and its best model."""

import pytest

from app.db.models import Artifact, Worker
from app.web.response_cache import ResponseCache
from tests import factories

pytestmark = pytest.mark.each_database


def test_the_export_is_the_filtered_table_and_no_formula(client, database, searched):
    with database.write() as session:
        session.get(factories.Trial, searched.failed_trial_id).error = "=HYPERLINK(1)"

    answer = client.get(
        f"/experiments/{searched.experiment_id}/trials.csv", params={"sort": "objective"}
    )
    lines = answer.text.strip().splitlines()

    assert lines[0].startswith("number,state,objective,validation_skill")
    assert lines[1].startswith("2,completed,1.5")
    assert ",'=HYPERLINK(1)," in lines[-1]


def test_one_click_on_download_asks_for_the_best_model_and_waits_on_the_page(
    client, database, searched
):
    url = f"/experiments/{searched.experiment_id}"
    before = client.get(url).text
    early = client.get(f"{url}/best-model")

    asked = client.post(f"{url}/best-model", follow_redirects=False)
    without_worker = client.get(url).text
    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
    client.app.state.alive_workers = ResponseCache(database)
    with_worker = client.get(url).text

    assert f'action="{url}/best-model"' in before
    assert "Download the best model" in before
    assert early.status_code == 409
    assert asked.headers["location"] == f"{url}#download"
    assert "needs a worker, and none is running" in without_worker
    assert "is being packed and checked" in with_worker


def test_a_best_model_that_is_ready_is_downloaded_at_once(client, database, searched):
    url = f"/experiments/{searched.experiment_id}"
    client.post(f"{url}/best-model")
    with database.write() as session:
        bundle = session.query(Artifact).filter_by(kind="bundle").one()
        bundle.content = b"PK"
        bundle.size = 2

    page = client.get(url).text
    asked = client.post(f"{url}/best-model", follow_redirects=False)

    assert f'id="download" href="{url}/best-model"' in page
    assert asked.headers["location"] == f"{url}/best-model"
    assert client.get(f"{url}/best-model").content == b"PK"


def test_a_get_changes_nothing(client, database, searched):
    for prefix in ("", "/api"):
        client.get(f"{prefix}/experiments/{searched.experiment_id}/best-model")

    with database.read() as session:
        assert session.query(Artifact).filter_by(kind="bundle").count() == 0
