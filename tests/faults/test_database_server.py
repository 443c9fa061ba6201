"""The server of the database goes away in the middle of a search, and comes back.

Who was told nothing of its last commit cannot know whether it holds: a trial claimed by one waits until its lease runs
out and is taken once more.
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
from tests.faults.crowd import lines
from tests.faults.processes import Process, ended, until
from tests.ports import free_port
from tests.postgresql import server

pytestmark = pytest.mark.slow
SPACE = {**factories.TINY, "learning_rate": {"loguniform": [0.001, 0.1]}}
TRIALS = 60
QUICK = {"lease_seconds": 6.0, "heartbeat_seconds": 1.0}


def test_a_search_waits_for_the_server_of_its_database_and_goes_on(tmp_path, postgresql):
    with server() as own, own.fresh() as url, closing(Database(url)) as database:
        with database.write() as session:
            factories.experiment(session, space=SPACE, max_trials=TRIALS)
        settings = Settings(data=tmp_path, database_url=url)
        port = free_port()
        pages = Process(f"app serve --port {port}", settings)
        worker = Process(
            "tests.faults.light_worker",
            settings,
            slots=2,
            witness=tmp_path / "witness.txt",
            **QUICK,
        )
        with ended([pages, worker]):
            until(
                lambda: completed(database) > 3 and answer(port)[0] == 200,
                "the search and its page",
            )
            own.stop()
            status, words = answer(port)
            assert status == 503
            assert "The database server cannot be used" in words
            assert "goes on by itself" in words
            until(
                lambda: "The database server cannot be used" in worker.log.read_text(),
                "words of the worker",
            )
            own.start()
            database.close()
            until(lambda: completed(database) == TRIALS, "the end of the search")
            until(lambda: answer(port)[0] == 200, "the page")
        with database.read() as session:
            assert session.scalars(select(Experiment.state)).one() == ExperimentState.COMPLETED
            trials = session.scalars(select(Trial.id)).all()
        assert lines(database, "%Ended: completed%") == Counter(trials)


def completed(database):
    with database.read() as session:
        return len(
            session.scalars(select(Trial.id).where(Trial.state == TrialState.COMPLETED)).all()
        )


def answer(port):
    """Status and text of the search's page; 0 while nobody listens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", "/experiments/1")
        except OSError:
            return 0, ""
        response = connection.getresponse()
        return response.status, re.sub(r"\s+", " ", response.read().decode())
