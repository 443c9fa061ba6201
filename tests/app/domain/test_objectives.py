"""What objectives are, and what forecasts are compared by."""

from types import SimpleNamespace

import numpy as np
import pytest

from app.domain.metrics import Scores
from app.domain.objectives import OBJECTIVES, Yardstick
from app.domain.terms import Objective, Part

ERRORS = np.array([1.0, -1.0, 1.0, -5.0])  # MAE 2, RMSE √7
EPOCH = SimpleNamespace(val_loss=0.5, objective=3.0, mae=2.0)
YARDSTICKS = {objective: Yardstick.of_objective(objective, 4.0) for objective in Objective}


@pytest.mark.parametrize(
    ("objective", "name", "error", "monitored"),
    [
        ("rmse", "RMSE", np.sqrt(7), 3.0),
        ("mae", "MAE", 2.0, 2.0),
        ("mase", "MASE", 0.5, 0.5),
        ("val_loss", "RMSE", np.sqrt(7), 0.5),
    ],
)
def test_each_objective_is_measured_and_monitored_in_its_own_way(objective, name, error, monitored):
    yardstick = YARDSTICKS[objective]

    assert yardstick.name == name
    assert yardstick.of_errors(ERRORS) == pytest.approx(error)
    assert yardstick.monitored(EPOCH) == monitored
    assert yardstick.of_scores(Scores(3.0, 2.0, None, None)) == yardstick.of_epoch(EPOCH)


def test_an_epoch_of_an_earlier_version_lacks_its_mae_and_a_diverged_one_does_not():
    earlier = SimpleNamespace(val_loss=0.5, objective=3.0, mae=None)
    diverged = SimpleNamespace(val_loss=None, objective=None, mae=None)

    missing = [name for name in Objective if YARDSTICKS[name].is_missing(earlier)]

    assert missing == [Objective.MAE, Objective.MASE]
    assert not any(yardstick.is_missing(diverged) for yardstick in YARDSTICKS.values())
    assert YARDSTICKS["mase"].monitored(diverged) is None


def test_the_skill_is_of_the_error_that_is_minimised():
    trial = SimpleNamespace(test_rmse=3.0, test_mae=1.0, test_skill=0.25)
    naive = {Part.TEST: Scores(4.0, 2.0, None, None)}

    skills = {name: YARDSTICKS[name].skill(trial, naive, Part.TEST) for name in Objective}

    assert skills == {"rmse": 0.25, "val_loss": 0.25, "mae": 0.5, "mase": 0.5}


def test_a_relative_objective_needs_something_to_divide_by():
    for scale in (None, 0.0):
        with pytest.raises(ValueError, match="mase has nothing to divide by"):
            Yardstick.of_objective("mase", scale)
    assert Yardstick.of_objective("mae", None).divisor == 1.0
    assert [name for name, info in OBJECTIVES.items() if info.is_relative] == ["mase"]
