"""Experiments with networks of the owner's own, run in this process on a real database."""

from pathlib import Path

import pytest

from app.db.models import Experiment, Trial
from app.queue import claims, proposals
from app.services import custom_models, experiments
from tests import factories
from worker.runs import runner

FILES = Path(__file__).parents[2] / "custom_models"


@pytest.fixture
def folder(settings, database):
    """The models folder with the four programs."""
    place = settings.data / "models"
    place.mkdir()
    for path in FILES.glob("*.py"):
        (place / path.name).write_text(path.read_text())
    return place


@pytest.fixture
def search(settings, database, folder):
    """Makes an experiment with a network and queues one trial with these parameters; its id."""

    def make(name, source=None, seed=0, **parameters):
        if source is not None:
            (folder / f"{name}.py").write_text(source)
        custom_model = custom_models.find(settings.data, name)
        with database.write() as session:
            dataset = factories.dataset(session)
            wanted = factories.request(dataset.id, custom_model=name, seed=seed, max_trials=1)
            wanted = type(wanted).model_validate(
                wanted.model_dump(exclude={"space"}, exclude_unset=True)
            )
            made = experiments.create(session, wanted, custom_model)
            session.flush()
            chosen = made.space.with_defaults({"time_steps": 4, **parameters})
            return proposals.propose(session, made, 1, chosen).id

    return make


@pytest.fixture
def work(settings, database):
    """Claims and runs until the queue is empty."""

    def run():
        while True:
            with database.write() as session:
                claim = claims.claim(session, "test")
            if claim is None:
                return
            runner.run(settings.url, claim)

    yield run
    runner.database_at.cache_clear()


@pytest.fixture
def looked_at(database):
    """Reads a trial, its experiment and its training."""

    def read(trial_id):
        with database.read() as session:
            trial = session.get(Trial, trial_id)
            _ = session.get(Experiment, trial.experiment_id), trial.training
            return trial

    return read
