"""Experiments with custom models, run in this process on a real database."""

from pathlib import Path

import pytest

from app.db.models import Experiment, Trial
from app.queue import claims, proposals
from app.services import custom_models, experiments
from tests import factories
from worker.runs import runner

PROGRAMS = Path(__file__).parents[2] / "custom_models"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    """Let programs write their files, such as best.keras, where nobody keeps them."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(settings, database):
    """The models folder with the programs of tests/custom_models."""
    models = settings.data / "models"
    models.mkdir()
    for path in PROGRAMS.glob("*.py"):
        (models / path.name).write_text(path.read_text())
    return models


@pytest.fixture
def queue_trial(settings, database, folder):
    """Makes an experiment with a custom model and queues one trial of these parameters; its id."""

    def queue(name, source=None, seed=0, **parameters):
        if source is not None:
            (folder / f"{name}.py").write_text(source)
        custom_model = custom_models.find(settings.data, name)
        with database.write() as session:
            dataset = factories.dataset(session)
            request = factories.request(dataset.id, custom_model=name, seed=seed, max_trials=1)
            fields = request.model_dump(exclude={"space"}, exclude_unset=True)
            request = type(request).model_validate(fields)
            experiment = experiments.create(session, request, custom_model)
            session.flush()
            all_parameters = experiment.space.with_defaults({"time_steps": 4, **parameters})
            return proposals.propose(session, experiment, 1, all_parameters).id

    return queue


@pytest.fixture
def work(settings, database):
    """Claims and runs until the queue is empty."""

    def run():
        while True:
            with database.write() as session:
                claim = claims.claim(session, "test")
            if claim is None:
                return
            runner.run(settings.url, claim, settings.data)

    yield run
    runner.database_at.cache_clear()


@pytest.fixture
def get_trial(database):
    """Reads a trial with its experiment and its training."""

    def get(trial_id):
        with database.read() as session:
            trial = session.get(Trial, trial_id)
            session.get(Experiment, trial.experiment_id)
            _ = trial.training
            return trial

    return get
