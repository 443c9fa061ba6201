"""One experiment that cannot be read: the worker, the pages and the API go on without it."""

import threading
from concurrent.futures import Future

import pytest

from app.domain.runs import Claim
from app.queue import pruning
from app.services import experiments
from tests import factories
from tests.damages import DAMAGES, add_damaged, add_experiment, apply, state_of
from worker import faults
from worker.loop import Loop

pytestmark = pytest.mark.slow

ROUNDS = 4
ENDED_STATES = ("completed", "failed", "stopped")


class WaitingPool:
    """In the place of slots: notes which trainings it was given, and never begins them."""

    trouble = ""

    def __init__(self, ready_count: int = 8) -> None:
        self.ready_count = ready_count
        self.claims = []

    def submit(self, function, url, claim, *arguments) -> Future:
        if isinstance(claim, Claim):
            self.claims.append(claim)
        return Future()

    def waiting_reason(self, future) -> str:
        return ""

    def memory_bytes(self, future) -> int:
        return 0

    def has_begun(self, future) -> bool:
        return True


@pytest.fixture
def worker(settings, database):
    """A worker with eight slots that wait, and what it says."""
    messages: list[str] = []
    return Loop(settings, database, WaitingPool(), messages.append), messages


def work(loop: Loop, rounds: int = ROUNDS) -> None:
    """Some rounds, as the worker does them, without the pauses in between."""
    loop.stopping.wait = lambda seconds: False
    for _ in range(rounds):
        loop._run_round_safely()


def assert_failed(database, damage, damaged_id):
    state, reason = state_of(database, damaged_id)
    assert state == "failed"
    assert damage.words in reason


def ids_of_trained(loop) -> set[int]:
    return {claim.experiment_id for claim in loop.pool.claims}


def add_healthy(database) -> int:
    with database.write() as session:
        dataset = factories.dataset(session, name="sound")
        request = factories.request(dataset.id, name="a sound search")
        experiment = experiments.create(session, request)
        factories.completed_trial(session, experiment, 1)
        return experiment.id


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_a_worker_ends_what_it_cannot_read_and_trains_the_rest(database, worker, damage):
    damaged_id = add_damaged(database, damage)
    sound_id = add_healthy(database)
    loop, messages = worker

    work(loop)

    assert_failed(database, damage, damaged_id)
    assert ids_of_trained(loop) == {sound_id}
    about_it = [message for message in messages if f"Experiment {damaged_id}" in message]
    assert len(about_it) == len(messages) == 1
    assert damage.words in about_it[0]


@pytest.mark.each_database("postgresql")
@pytest.mark.parametrize("damage", [one for one in DAMAGES if one.any_database], ids=str)
def test_a_worker_ends_what_it_cannot_read_on_a_database_server(database, worker, damage):
    damaged_id = add_damaged(database, damage)
    sound_id = add_healthy(database)
    loop, messages = worker

    work(loop)

    assert_failed(database, damage, damaged_id)
    assert ids_of_trained(loop) == {sound_id}
    assert len(messages) == 1


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_a_worker_ends_what_is_damaged_while_it_works(database, worker, damage, monkeypatch):
    monkeypatch.setattr(faults, "REST_PER_SECOND", 0.0)
    monkeypatch.setattr(faults, "SECONDS_BETWEEN_CHECKS", 0.0)
    damaged_id = add_experiment(database)
    loop, messages = worker
    loop.pool.ready_count = 1
    work(loop, rounds=1)
    sound_id = add_healthy(database)
    loop.pool.ready_count = 8

    apply(database, damage, damaged_id)
    work(loop)

    assert_failed(database, damage, damaged_id)
    assert sound_id in ids_of_trained(loop)
    assert len(messages) <= 1


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_an_ended_experiment_that_cannot_be_read_stays_as_it_is(database, worker, damage):
    damaged_id = add_damaged(database, damage, state="stopped")
    before = state_of(database, damaged_id)
    sound_id = add_healthy(database)
    loop, messages = worker

    work(loop)

    if before[0] in ENDED_STATES:
        assert state_of(database, damaged_id) == before
        assert messages == []
    assert ids_of_trained(loop) == {sound_id}


def test_an_error_of_nobody_in_particular_is_said_once_and_waited_for(worker, monkeypatch):
    loop, messages = worker
    pauses = []
    next_seconds = loop._pause._next_seconds
    monkeypatch.setattr(loop._pause, "_next_seconds", lambda: pauses.append(next_seconds()) or 0)
    monkeypatch.setattr(loop._housekeeping, "run", lambda: {}["nothing"])

    work(loop, rounds=12)

    assert len(messages) == 1
    assert "KeyError" in messages[0]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == faults.MAX_PAUSE_SECONDS


def test_leases_are_renewed_while_a_worker_waits_after_an_error(monkeypatch):
    heartbeats = []
    monkeypatch.setattr(faults, "STEP_SECONDS", 0.001)
    monkeypatch.setattr(faults, "FIRST_PAUSE_SECONDS", 0.1)

    faults.GrowingPause().wait(threading.Event(), lambda: heartbeats.append(1))

    assert len(heartbeats) > 2


def test_one_experiment_that_raises_ends_and_the_others_go_on(database, worker, monkeypatch):
    faulty_id = add_experiment(database)
    sound_id = add_healthy(database)
    loop, messages = worker
    promote = pruning.promote

    def promote_or_raise(session, experiment):
        if experiment.id == faulty_id:
            raise KeyError("bracket")
        return promote(session, experiment)

    monkeypatch.setattr(pruning, "promote", promote_or_raise)

    work(loop)

    state, reason = state_of(database, faulty_id)
    assert (state, reason) == ("failed", "This experiment cannot go on: KeyError: 'bracket'")
    assert len(messages) == 1
    assert ids_of_trained(loop) == {sound_id}


def test_a_full_memory_is_no_fault_of_an_experiment(database, worker, monkeypatch):
    experiment_id = add_experiment(database)
    loop, messages = worker

    def raise_memory_error(session, experiment):
        raise MemoryError

    monkeypatch.setattr(pruning, "promote", raise_memory_error)
    monkeypatch.setattr(loop._pause, "_next_seconds", lambda: 0)

    work(loop)

    assert state_of(database, experiment_id)[0] == "queued"
    assert len(messages) == 1
