"""A run: a training that a worker has claimed, what it is given, and how its trials end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.custom.detection import CustomModel
from app.domain.failure_causes import FailureCause
from app.domain.metrics import Scores
from app.domain.more_scores import MoreScores
from app.domain.objectives import Yardstick
from app.domain.split import Split
from app.domain.terms import Objective, Part, TrialState


@dataclass(frozen=True)
class Claim:
    """One training to run, the trials that share it, and the token that proves the lease."""

    token: str
    experiment_id: int
    training_id: int
    trial_ids: tuple[int, ...]


@dataclass(frozen=True)
class SharedTrial:
    """A trial that takes its result from a training: how long it trains, with how much patience."""

    trial_id: int
    number: int
    epochs: int
    patience: int  # 0: it trains all its epochs


@dataclass(frozen=True)
class Job:
    """A training to run, how far it has come, and the trials that share it, longest first."""

    training_id: int
    parameters: dict[str, Any]
    custom_model: CustomModel | None  # None: the built-in network
    seed: int
    split: Split
    series: Series
    season_lengths: tuple[float, ...]  # of the experiment, in rows
    horizon: int  # rows to forecast
    objective: Objective
    yardstick: Yardstick  # of the objective
    trials: tuple[SharedTrial, ...]
    values: tuple[float | None, ...]  # of the objective after epochs 1, 2, …; None: not a number
    checkpoint: bytes | None
    checkpoint_epoch: int | None
    source_trials: Mapping[int, int]  # best epoch -> a completed trial with the model of that epoch


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the train part. Losses and objective are None where they are not numbers."""

    number: int
    train_loss: float | None
    val_loss: float | None
    objective: float | None  # validation RMSE in the CSV's units after this epoch
    seconds: float
    mae: float | None = None  # validation MAE; None also in epochs of earlier versions


@dataclass(frozen=True)
class StopDecision:
    """That a trial ends before its last epoch: in which state, and why."""

    state: TrialState
    reason: str


StopDecisions = Mapping[int, StopDecision]  # by trial id


@dataclass(frozen=True)
class Evaluation:
    """How good the best epoch of a trial is.

    `forecasts`: float64 (origins, horizon) in the CSV's units, from each origin of the part; read
    back, from the stored ones. `model` is None where it cannot be stored; `model_problem` then says
    why. `objective_se`: the standard error of the objective; None where that is val_loss, or of too
    few rows. `future`: float64 (horizon,), the rows after the last one of the file; None in results
    of earlier versions.
    """

    objective: float
    best_epoch: int
    scores: Mapping[Part, Scores]
    forecasts: Mapping[Part, np.ndarray]
    model: bytes | None
    model_problem: str | None = None
    objective_se: float | None = None
    future: np.ndarray | None = None
    more_scores: MoreScores | None = None  # None: app.services.more_scores fills them in


@dataclass(frozen=True)
class TrialOutcome:
    """How a run of a trial ends."""

    state: TrialState
    epochs_trained: int = 0
    evaluation: Evaluation | None = None
    error: str | None = None
    failure_cause: FailureCause | None = None
    traceback: str | None = None
    notes: tuple[str, ...] = ()  # lines for the log of the trial
