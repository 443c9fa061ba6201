"""A program that nobody has confirmed: no slot runs any of it, not even to make a bundle."""

import pytest

from app.db.models import Artifact, Trial
from app.domain.custom.trust import TRUST_FILE, ProgramNotTrusted
from app.domain.terms import TrialState
from app.queue import artifacts, claims
from worker.runs import bundling, runner

pytestmark = pytest.mark.slow

WITNESSED = """
import keras
from pathlib import Path


class Witness(keras.layers.Layer):
    Path({witness!r}).touch()

    def call(self, inputs):
        return inputs


def build(hp):
    model = keras.Sequential([keras.layers.Flatten(), Witness(), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="sgd")
    hp.Choice("units", [1, 2])
    return model
"""


@pytest.fixture
def witness(tmp_path):
    """The file that the program makes when any of it runs."""
    return tmp_path / "it-ran"


@pytest.fixture
def trial_id(queue_trial, witness):
    source = WITNESSED.format(witness=str(witness))
    return queue_trial("guest", source, epochs=1, batch_size=16)


def forget_program(settings, folder):
    """What a restored database is like: the program is in it, and nowhere else."""
    (settings.data / TRUST_FILE).unlink()
    (folder / "guest.py").unlink()


def test_a_slot_runs_nothing_of_it(settings, database, folder, trial_id, witness):
    forget_program(settings, folder)
    with database.write() as session:
        claim = claims.claim(session, "test")

    with pytest.raises(ProgramNotTrusted, match="foretune trust 1"):
        runner.run(settings.url, claim, settings.data)

    assert not witness.exists()
    with database.read() as session:
        assert session.get(Trial, trial_id).state == TrialState.RUNNING


def test_its_bundle_is_not_made_and_says_why(settings, database, folder, trial_id, witness, work):
    work()
    assert witness.exists()
    witness.unlink()
    forget_program(settings, folder)
    with database.write() as session:
        artifacts.request_bundle(session, session.get(Trial, trial_id))
    with database.write() as session:
        wish = artifacts.claim_bundle(session)

    bundling.make_bundle(settings.url, wish.row_id, wish.token, settings.data)

    assert not witness.exists()
    with database.read() as session:
        bundle = session.get(Artifact, wish.row_id)
        assert bundle.content is None
        assert "foretune trust 1 (then ask for it again)" in bundle.problem


def test_the_same_program_in_the_folder_runs(trial_id, witness, work, get_trial):
    work()

    assert witness.exists()
    assert get_trial(trial_id).state == TrialState.COMPLETED
