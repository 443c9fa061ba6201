"""The pace of this installation, from stored trials."""

from datetime import timedelta

import pytest

from app.domain.pace import Pace
from app.services import paces
from tests import factories


def test_the_pace_is_measured_on_stored_trials(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        for number in range(1, 31):
            trial = factories.completed_trial(session, experiment, number, epochs=40, patience=5)
            trial.epochs_trained = 10
            trial.finished_at = trial.started_at + timedelta(seconds=7)

    with database.read() as session:
        pace = paces.measure_installation(session)

    assert pace != Pace()
    assert pace.epoch_fraction == pytest.approx(0.25, abs=0.06)
    assert pace.seconds_around > 5
