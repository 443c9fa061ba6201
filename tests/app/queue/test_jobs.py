"""What a slot is told of the epochs that a training has had."""

import pytest

from app.db.models import Epoch
from app.queue import claims, jobs, pruning
from tests import factories

MAES = (8.0, 6.0, None, 2.0)  # an earlier version trained the third epoch


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("rmse", (18.0, 17.0, 16.0, 15.0)),
        ("mae", (8.0, 6.0)),
        ("mase", (2.0, 1.5)),
        ("val_loss", (0.5, 0.5, 0.5, 0.5)),
    ],
)
def test_values_are_known_up_to_the_first_epoch_that_lacks_them(database, objective, expected):
    with database.write() as session:
        experiment = factories.experiment(session, objective=objective)
        experiment.objective_scale = 4.0 if objective == "mase" else None
        trial = factories.trial(session, experiment, epochs=5)
        for number, mae in enumerate(MAES, start=1):
            row = {"train_loss": 1.0, "val_loss": 0.5, "objective": 19.0 - number, "seconds": 0.1}
            session.add(Epoch(training_id=trial.training_id, number=number, mae=mae, **row))
        session.flush()

        job = jobs.load(session, claims.claim(session, "worker"))
        trial.epochs_trained = 2
        session.flush()

        assert job.values == expected
        assert pruning.best_values_at(session, experiment, 2) == {trial.training_id: expected[1]}
