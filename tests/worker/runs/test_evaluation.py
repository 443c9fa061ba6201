"""The best epoch of a training is scored on validation and test, and its model is packed."""

from types import SimpleNamespace

import numpy as np
import pytest

from app.domain.bootstrap import estimate_standard_error
from app.domain.metrics import MAE, RMSE
from app.domain.objectives import Yardstick
from app.domain.split import Split
from app.domain.terms import Objective, Part
from worker.runs.evaluation import evaluate
from worker.runs.failures import Diverged, OutputTooLarge
from worker.serialization import BestEpoch, ModelNotSerializable

TARGETS = np.arange(20.0)
PREPARED = SimpleNamespace(
    validation=np.arange(10, 15),
    test=np.arange(15, 20),
    actual_steps=lambda rows: TARGETS[rows][:, np.newaxis],
)
BEST = BestEpoch("rmse", 3, [np.array([1.0])])
MONITORED = 0.125
SCALE = 2.0  # of a relative objective


class OffBy:
    """A training whose forecasts are so much too high."""

    def __init__(self, error=0.5, model=b"model", future=21.0):
        self.error = error
        self.model = model
        self.future = future

    def predict(self, _weights, rows):
        if list(rows) == [len(TARGETS)]:
            return np.array([[self.future]])
        return (TARGETS[rows] + self.error)[:, np.newaxis]

    def pack_model(self, _weights):
        if isinstance(self.model, Exception):
            raise self.model
        return self.model


def evaluate_training(training, objective=Objective.RMSE, max_bytes=100):
    job = SimpleNamespace(
        yardstick=Yardstick.of_objective(objective, SCALE),
        series=SimpleNamespace(target_values=TARGETS),
        split=Split(0.5, 0.25, 0.25),
        season_lengths=(),
    )
    return evaluate(job, training, PREPARED, BEST, MONITORED, max_bytes)


def test_both_parts_are_scored_and_their_forecasts_kept():
    evaluation = evaluate_training(OffBy(0.5))

    assert evaluation.best_epoch == 3
    for part, rows in ((Part.VALIDATION, PREPARED.validation), (Part.TEST, PREPARED.test)):
        assert evaluation.scores[part].rmse == pytest.approx(0.5)
        assert evaluation.scores[part].skill == pytest.approx(0.5)  # naive is 1 off
        assert evaluation.forecasts[part][:, 0] == pytest.approx(TARGETS[rows] + 0.5)
    assert evaluation.more_scores.by_part["test"]["mase"] == pytest.approx(0.5)
    assert (evaluation.model, evaluation.model_problem) == (b"model", None)


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        (Objective.RMSE, np.sqrt(4.6)),
        (Objective.MAE, 1.8),
        (Objective.MASE, 1.8 / SCALE),
        (Objective.VAL_LOSS, MONITORED),
    ],
)
def test_the_objective_is_an_error_of_the_forecasts_or_the_monitored_loss(objective, value):
    errors = np.array([1.0, -1, 1, -4, 2])

    assert evaluate_training(OffBy(errors), objective).objective == pytest.approx(value)


def test_an_error_has_a_standard_error_and_a_loss_has_none():
    wave = np.array([0.1, 0.5, -0.7, 0.2, 0.9])
    mae_se = estimate_standard_error(wave, MAE)
    expected = {
        Objective.RMSE: estimate_standard_error(wave, RMSE),
        Objective.MAE: mae_se,
        Objective.MASE: mae_se / SCALE,
        Objective.VAL_LOSS: None,
    }

    standard_errors = {
        objective: evaluate_training(OffBy(wave), objective).objective_se for objective in Objective
    }

    assert standard_errors == pytest.approx(expected)


def test_the_row_after_the_last_one_is_forecast():
    assert evaluate_training(OffBy(future=21.0)).future.tolist() == [21.0]


def test_forecasts_that_are_no_numbers_have_diverged():
    with pytest.raises(Diverged):
        evaluate_training(OffBy(float("nan")))


def test_a_model_that_cannot_be_saved_leaves_the_scores_and_says_why():
    evaluation = evaluate_training(OffBy(model=ModelNotSerializable("It is a lambda.")))

    assert (evaluation.model, evaluation.model_problem) == (None, "It is a lambda.")
    assert evaluation.objective == pytest.approx(0.5)


def test_a_model_that_is_too_large_is_refused():
    with pytest.raises(OutputTooLarge):
        evaluate_training(OffBy(model=bytes(101)))
