"""What trials cost: the seconds of their epochs, the weights of their networks."""

import pytest

from app.db.models import Epoch
from app.services import trials
from app.services.trial_costs import CostMeasure, report_costs
from tests import factories

SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


@pytest.fixture
def searched(database):
    """Trial 1 is the best and large, 2 almost as good and small, 3 bad and smaller."""
    with database.write() as session:
        experiment = factories.experiment(session, space=SPACE)
        for number, (units, objective) in enumerate([(64, 1.0), (8, 1.02), (2, 9.0)], start=1):
            trial = factories.completed_trial(session, experiment, number, objective, units_1=units)
            trial.objective_se = 0.05
        yield session, experiment


def test_the_simplest_good_trial_has_the_fewest_weights_within_a_standard_error(searched):
    session, experiment = searched

    report = report_costs(session, experiment, CostMeasure.PARAMETERS)

    columns = len(experiment.dataset.features)
    assert [trial.cost for trial in report.trials] == [
        4 * units * (units + columns + 1) + units + 1 for units in (64, 8, 2)
    ]
    assert [trial.number for trial in report.front] == [3, 2, 1]
    assert report.simplest.number == 2
    assert report.best.number == 1
    assert report.margin == 0.05


def test_seconds_are_those_of_the_epochs_that_count_and_follow_new_ones(searched):
    session, experiment = searched
    before = report_costs(session, experiment, CostMeasure.SECONDS)
    trial = trials.find(session, experiment.id, 2)
    session.add(Epoch(training_id=trial.training_id, number=4, seconds=2.0, train_loss=1.0))
    trial.epochs_trained = 4
    session.flush()

    after = report_costs(session, experiment, CostMeasure.SECONDS)

    assert [trial.cost for trial in before.trials] == [1.5, 1.5, 1.5]
    assert [trial.cost for trial in after.trials] == [1.5, 3.5, 1.5]


def test_the_weights_of_a_custom_model_are_not_known(searched):
    session, experiment = searched
    experiment.custom_model_name = "lstm"
    experiment.custom_model_source = "def build_model(hp):\n    return hp.Int('units_1', 2, 99)\n"

    report = report_costs(session, experiment, CostMeasure.PARAMETERS)

    assert report.best is None
    assert report.trials == ()
