"""The seconds of a training are estimated, and scaled to trainings that have run."""

import pytest

from app.domain.cost_model import CostModel, MeasuredTraining, fit_cost_model
from app.domain.search_space.parameters import with_defaults


def test_more_work_is_expected_to_take_longer():
    model = CostModel()
    small = with_defaults({"units_1": 16})
    large = with_defaults({"units_1": 64})

    seconds = model.epoch_seconds(small, 2000, 5)

    assert model.epoch_seconds(large, 2000, 5) > seconds
    assert model.epoch_seconds(small, 8000, 5) > seconds


@pytest.mark.parametrize(("trainings", "scale"), [(3, 3), (2, 1)])
def test_a_cost_model_is_scaled_to_three_measured_trainings(trainings, scale):
    parameters = with_defaults({"units_1": 32})
    unscaled = CostModel().epoch_seconds(parameters, 2000, 5)
    measured = MeasuredTraining(parameters, 2000, 5, 3 * unscaled)

    model = fit_cost_model([measured] * trainings)

    assert model.epoch_seconds(parameters, 2000, 5) == pytest.approx(scale * unscaled)
