"""A worker renews its leases, and takes back those of others that nobody can have renewed."""

from contextlib import contextmanager

import pytest

from app.db.models import LogLine, Trial, Worker
from app.domain.terms import TrialState
from app.queue import boards, claims
from tests import factories
from tests.worker.clock import Clock
from worker.leases import LeaseKeeper

pytestmark = pytest.mark.each_database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(settings, database, clock) -> LeaseKeeper:
    """Of a worker beside the one that holds a lease; it takes over after 25 s."""
    assert settings.takeover_seconds == 25
    return LeaseKeeper(settings, database, "observer", clock)


@pytest.fixture
def token(database) -> str:
    """Of the lease that the other worker holds, on the only trial."""
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment)
    with database.write() as session:
        return claims.claim(session, "holder").token


def state_of_trial(database) -> TrialState:
    with database.read() as session:
        return session.query(Trial).one().state


def watch(keeper, clock, seconds: int) -> None:
    """Look at the leases once a second."""
    for _ in range(seconds):
        keeper.expire_silent([])
        clock.seconds += 1


def test_a_lease_that_nobody_renews_is_taken_back(keeper, clock, database, token):
    watch(keeper, clock, 25)
    state_before = state_of_trial(database)

    keeper.expire_silent([])

    assert state_before == TrialState.RUNNING
    assert state_of_trial(database) == TrialState.QUEUED
    with database.read() as session:
        messages = [line.message for line in session.query(LogLine)]
    assert "The worker fell silent: back in the queue" in messages


def test_an_own_lease_and_one_that_is_renewed_stay(keeper, clock, database, token):
    for _ in range(10):
        with database.write() as session:
            claims.renew(session, [token])
        watch(keeper, clock, 20)
    for _ in range(50):
        keeper.expire_silent([token])
        clock.seconds += 1

    assert state_of_trial(database) == TrialState.RUNNING


@pytest.mark.parametrize("leases", [1.5, 3.0])
def test_time_in_which_the_observer_was_kept_waiting_does_not_count(
    keeper, clock, database, token, leases
):
    watch(keeper, clock, 24)
    clock.seconds += leases * 30

    watch(keeper, clock, 25)
    state_after_the_wait = state_of_trial(database)
    keeper.expire_silent([])

    assert state_after_the_wait == TrialState.RUNNING
    assert state_of_trial(database) == TrialState.QUEUED


def test_a_lease_is_not_taken_back_after_waiting_for_the_lock_to_do_so(
    keeper, clock, database, token, monkeypatch
):
    real_write = database.write

    @contextmanager
    def write_after_a_lock():
        with real_write() as session:
            clock.seconds += 45
            yield session

    watch(keeper, clock, 25)
    monkeypatch.setattr(database, "write", write_after_a_lock)

    keeper.expire_silent([])

    assert state_of_trial(database) == TrialState.RUNNING


def test_a_heartbeat_is_sent_when_it_is_due_or_hurried(keeper, clock, database, token):
    def beats() -> int:
        with database.read() as session:
            return session.query(Trial).one().lease_beats

    counts = []
    for seconds in (0, 4, 1):
        clock.seconds += seconds
        keeper.send_heartbeat([token], "")
        counts.append(beats())
    keeper.hurry_heartbeat()
    keeper.send_heartbeat([token], "No slot.")

    assert counts == [1, 1, 2]
    assert beats() == 3
    with database.read() as session:
        assert session.query(Worker).one().trouble == "No slot."


def test_a_board_that_nobody_renews_is_computed_again(keeper, clock, database):
    with database.write() as session:
        factories.experiment(session, requests_board=True)
        lost = boards.claim(session)

    watch(keeper, clock, 26)

    with database.write() as session:
        again = boards.claim(session)
    assert again.row_id == lost.row_id
    assert again.token != lost.token
