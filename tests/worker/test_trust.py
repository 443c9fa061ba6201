"""Experiments whose programs nobody has confirmed: they wait, say so, and others go on."""

import pytest

from app.domain.custom.trust import TrustedPrograms
from app.queue import claims, proposals
from app.services import experiments
from tests import factories
from tests.faults.test_damaged_experiments import WaitingPool
from worker.loop import Loop

PROGRAM = """
import keras


def build(hp):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(hp.Int("units", 1, 9))])
    model.compile(loss="mse")
    return model
"""


@pytest.fixture
def worker(settings, database):
    """A worker with four slots that wait, and what it says."""
    messages: list[str] = []
    return Loop(settings, database, WaitingPool(ready_count=4), messages.append), messages


@pytest.fixture
def restored_id(settings, database) -> int:
    """An experiment whose program came with the database; its id."""
    return add_custom(settings, database, PROGRAM)


def add_custom(settings, database, source) -> int:
    """An experiment with a custom model, made where the file was in the folder models."""
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=3)
        experiment.custom_model_name = "guest"
        experiment.custom_model_source = source
        experiment.space_document = {"units": {"choice": [1, 2, 3]}, "epochs": 2}
        return experiment.id


def add_built_in(database) -> int:
    with database.write() as session:
        return factories.experiment(session, name="other").id


def claimed_by(loop) -> set[int]:
    return {claim.experiment_id for claim in loop.pool.claims}


def test_a_restored_program_waits_and_other_experiments_go_on(
    settings, database, worker, restored_id
):
    other_id = add_built_in(database)
    loop, messages = worker

    for _ in range(4):
        loop.run_round()

    assert claimed_by(loop) == {other_id}
    assert len(messages) == 1
    assert f"foretune trust {restored_id}" in messages[0]
    with database.read() as session:
        assert proposals.history(session, restored_id) == []


def test_the_page_says_what_waits_and_what_to_type(client, worker, restored_id):
    loop, _ = worker

    loop.run_round()

    page = client.get(f"/experiments/{restored_id}").text
    assert "nobody has confirmed the code of guest.py" in page
    assert f"foretune trust {restored_id}" in page


def test_a_confirmed_program_is_trained_at_once(settings, client, worker, restored_id):
    loop, _ = worker
    loop.run_round()

    TrustedPrograms(settings.data).trust(PROGRAM, "guest")
    loop.run_round()

    assert claimed_by(loop) == {restored_id}
    page = client.get(f"/experiments/{restored_id}").text
    assert "nobody has confirmed" not in page


def test_the_file_in_the_folder_is_enough(settings, worker, restored_id):
    folder = settings.data / "models"
    folder.mkdir()
    (folder / "whatever.py").write_text(PROGRAM)
    loop, _ = worker

    loop.run_round()

    assert claimed_by(loop) == {restored_id}


def test_nothing_in_the_database_can_confirm_a_program(settings, database, worker, restored_id):
    """What is remembered lies in the data folder alone: a restored database brings none of it."""
    with database.write() as session:
        experiments.get(session, restored_id).reason = "trusted"
    loop, _ = worker
    loop.run_round()

    assert claimed_by(loop) == set()
    assert not (settings.data / "trusted-programs").exists()


def test_a_program_that_is_swapped_after_the_worker_has_read_it_is_read_again(
    settings, database, worker, restored_id
):
    TrustedPrograms(settings.data).trust(PROGRAM, "guest")
    loop, _ = worker
    loop.run_round()
    claimed = loop.pool.claims[0]

    with database.write() as session:
        experiments.get(session, restored_id).custom_model_source = PROGRAM + "# swapped\n"
    loop._untrusted.forget(restored_id)
    with database.write() as session:
        claims.release(session, [claimed.token], "test")
    loop.run_round()

    assert loop._untrusted.waiting == [restored_id]
