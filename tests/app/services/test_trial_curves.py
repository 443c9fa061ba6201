"""Which curves are drawn of many, and their points."""

import pytest

from app.db.models import Epoch
from app.domain.terms import TrialState
from app.errors import Invalid
from app.services import trial_curves, trials
from app.services.trial_curves import report_curves
from app.services.trial_listing import TrialQuery
from tests import factories

SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


@pytest.fixture
def searched(database):
    """Twelve trials, the earlier the better; 11 is running, 12 is pruned."""
    with database.write() as session:
        experiment = factories.experiment(session, space=SPACE)
        made = [
            factories.completed_trial(session, experiment, number, number, units_1=number + 2)
            for number in range(1, 13)
        ]
        made[10].state = TrialState.RUNNING
        made[10].objective = None
        made[11].state = TrialState.PRUNED
        session.flush()
        yield session, experiment


def test_of_many_the_best_the_running_and_an_even_selection_are_drawn(searched, monkeypatch):
    session, experiment = searched
    monkeypatch.setattr(trial_curves, "MAX_CURVES", 6)
    monkeypatch.setattr(trial_curves, "MAX_BEST", 2)

    report = report_curves(session, experiment, TrialQuery())

    assert [curve.number for curve in report.curves] == [1, 2, 3, 7, 11, 12]
    assert [curve.number for curve in report.curves if curve.is_best] == [1]
    assert (report.n_trials, report.n_best, report.n_running) == (12, 2, 1)


def test_a_long_curve_is_thinned_and_keeps_its_last_epoch(searched, monkeypatch):
    session, experiment = searched
    trial = trials.find(session, experiment.id, 2)
    for number in range(4, 8):
        epoch = Epoch(training_id=trial.training_id, number=number, val_loss=number, seconds=1)
        session.add(epoch)
    trial.epochs_trained = 6
    session.flush()
    monkeypatch.setattr(trial_curves, "MAX_POINTS", 2)

    first, second, *_ = report_curves(session, experiment, TrialQuery()).curves

    assert (first.epochs, first.losses) == ([1, 3], [1.2, pytest.approx(0.4)])
    assert (second.epochs, second.losses) == ([1, 6], [1.2, 6.0])


def test_the_filter_chooses_curves_and_each_has_the_epochs_of_its_trial(searched):
    session, experiment = searched
    trials.find(session, experiment.id, 10).epochs_trained = 2  # of the three of its training
    session.flush()

    report = report_curves(session, experiment, TrialQuery(search="units_1>=12"))

    assert [curve.number for curve in report.curves] == [10, 11, 12]
    assert [curve.number for curve in report.curves if curve.is_best] == [10]
    assert [curve.epochs for curve in report.curves] == [[1, 2], [1, 2, 3], [1, 2, 3]]
    with pytest.raises(Invalid):
        report_curves(session, experiment, TrialQuery(search="units_1>=many"))


def test_losses_of_several_scalings_are_drawn_as_errors_in_units_of_the_csv(database):
    with database.write() as session:
        space = {**factories.TINY, "scaling": {"choice": ["minmax", "standard"]}}
        experiment = factories.experiment(session, space=space)
        factories.completed_trial(session, experiment)

        report = report_curves(session, experiment, TrialQuery())

        assert not report.is_loss
        assert report.curves[0].losses == [2.0, 1.0, pytest.approx(2 / 3)]
