"""The database server goes away in the middle of a search and comes back.

A worker that was not told of its last commit cannot know whether it holds. A trial that it may have
claimed waits until the lease runs out, and is claimed again.
"""

import re
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection

import pytest
from sqlalchemy import select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Experiment, Trial
from app.domain.terms import ExperimentState, TrialState
from tests import factories
from tests.faults.crowd import count_log_lines
from tests.faults.processes import Process, end_afterwards, wait_until
from tests.ports import free_port
from tests.postgresql import server

pytestmark = pytest.mark.slow
SPACE = {**factories.TINY, "learning_rate": {"loguniform": [0.001, 0.1]}}
TRIALS = 60
SHORT_LEASE = {"lease_seconds": 6.0, "heartbeat_seconds": 1.0}
OUTAGE_MESSAGE = "The database server cannot be used"


def test_a_search_waits_for_the_server_of_its_database_and_goes_on(tmp_path, postgresql):
    with (
        server() as database_server,
        database_server.fresh() as url,
        closing(Database(url)) as database,
    ):
        with database.write() as session:
            factories.experiment(session, space=SPACE, max_trials=TRIALS)
        settings = Settings(data=tmp_path, database_url=url)
        port = free_port()
        pages = Process(f"app serve --port {port}", settings)
        witness = tmp_path / "witness.txt"
        worker = Process(
            "tests.faults.light_worker", settings, slots=2, witness=witness, **SHORT_LEASE
        )
        with end_afterwards([pages, worker]):
            wait_until(
                lambda: count_completed(database) > 3 and get_page(port)[0] == 200,
                "the search and its page",
            )

            database_server.stop()

            status, text = get_page(port)
            assert status == 503
            assert OUTAGE_MESSAGE in text
            assert "goes on by itself" in text
            wait_until(
                lambda: OUTAGE_MESSAGE in worker.read_log(), "the message in the worker's log"
            )

            database_server.start()

            database.close()
            wait_until(lambda: count_completed(database) == TRIALS, "the end of the search")
            wait_until(lambda: get_page(port)[0] == 200, "the page")
        with database.read() as session:
            assert session.scalars(select(Experiment.state)).one() == ExperimentState.COMPLETED
            trials = session.scalars(select(Trial.id)).all()
        assert count_log_lines(database, "%Finished: completed%") == Counter(trials)


def count_completed(database):
    completed = select(Trial.id).where(Trial.state == TrialState.COMPLETED)
    with database.read() as session:
        return len(session.scalars(completed).all())


def get_page(port):
    """Status and text of the search's page; status 0 if nothing listens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", "/experiments/1")
        except OSError:
            return 0, ""
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, re.sub(r"\s+", " ", text)
