"""Files of an experiment: its trials as CSV and its best model."""

import pytest

from app.db.models import Artifact
from tests import factories

pytestmark = pytest.mark.each_database


def test_the_export_is_the_filtered_table_and_no_formula(client, database, searched):
    with database.write() as session:
        session.get(factories.Trial, searched.failed_trial_id).error = "=HYPERLINK(1)"

    answer = client.get(
        f"/experiments/{searched.experiment_id}/trials.csv", params={"sort": "objective"}
    )
    lines = answer.text.strip().splitlines()

    assert lines[0].startswith("number,state,objective,test_rmse")
    assert lines[1].startswith("2,completed,1.5")
    assert lines[-1].endswith("'=HYPERLINK(1)")


def test_the_best_model_is_requested_prepared_and_downloaded(client, database, searched):
    url = f"/experiments/{searched.experiment_id}"

    assert "Prepare the best model" in client.get(url).text

    client.post(f"{url}/best-model")

    assert "is waiting to be packed" in client.get(url).text
    assert client.get(f"{url}/best-model").status_code == 409

    with database.write() as session:
        bundle = session.query(Artifact).filter_by(kind="bundle").one()
        bundle.content = b"PK"
        bundle.size = 2

    assert "Download the best model" in client.get(url).text
    assert client.get(f"{url}/best-model").content == b"PK"
