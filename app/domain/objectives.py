"""The objectives: of which error each is made, and what forecasts are compared by.

Code asks what an objective is (`OBJECTIVES[name].is_relative`), never for its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.bootstrap import estimate_standard_error
from app.domain.metrics import MAE, RMSE, Measure, Scores
from app.domain.terms import Objective, Part

Floats = NDArray[np.float64]
EPOCH_COLUMNS = {RMSE: "objective", MAE: "mae"}  # of app.db.models.Epoch, by measure


@dataclass(frozen=True)
class ObjectiveInfo:
    """What an objective is.

    title: of axes and headings. unit: in which it is, in words. explanation: a line of the form.
    error: what pages call the error that forecasts are compared by, which is its measure.
    epoch_column: the field of an epoch that it is made of.
    is_error: the objective is that error; val_loss is in scaled units, so it is another number.
    is_relative: the error is divided by the naive forecast's on the train part.
    """

    title: str
    unit: str
    explanation: str
    error: str
    measure: Measure
    epoch_column: str
    is_error: bool = True
    is_relative: bool = False

    @property
    def text(self) -> str:
        """What it is, with its unit."""
        return f"{self.title}, {self.unit}"


OBJECTIVES: Mapping[str, ObjectiveInfo] = {
    Objective.RMSE: ObjectiveInfo(
        title="validation RMSE",
        unit="in the units of the CSV",
        explanation="in the units of the CSV, over the same rows for every trial",
        error="RMSE",
        measure=RMSE,
        epoch_column=EPOCH_COLUMNS[RMSE],
    ),
    Objective.MAE: ObjectiveInfo(
        title="validation MAE",
        unit="in the units of the CSV",
        explanation="the mean absolute error, in the units of the CSV: a few large errors count "
        "less than in the RMSE",
        error="MAE",
        measure=MAE,
        epoch_column=EPOCH_COLUMNS[MAE],
    ),
    Objective.MASE: ObjectiveInfo(
        title="validation MASE",
        unit="the MAE relative to that of the naive forecast on the train part",
        explanation="the MAE divided by that of the naive forecast on the train part (of the "
        "seasonal naive one where there is a season): it compares series of different units",
        error="MASE",
        measure=MAE,
        epoch_column=EPOCH_COLUMNS[MAE],
        is_relative=True,
    ),
    Objective.VAL_LOSS: ObjectiveInfo(
        title="val_loss",
        unit="in scaled units",
        explanation="as Keras reports it. It gives up comparability: trials with another target, "
        "scaling, time_steps or batch_size are measured on other scales",
        error="RMSE",
        measure=RMSE,
        epoch_column="val_loss",
        is_error=False,
    ),
}
assert set(OBJECTIVES) == set(Objective)


@dataclass(frozen=True)
class Yardstick:
    """What the forecasts of an experiment are compared by: the error its objective is made of.

    divisor: of the error; 1 unless the objective is relative.
    """

    info: ObjectiveInfo
    divisor: float = 1.0

    @classmethod
    def of_objective(cls, objective: str, scale: float | None) -> "Yardstick":
        """scale: what a relative objective divides by. Raises ValueError where it is missing."""
        info = OBJECTIVES[objective]
        if not info.is_relative:
            return cls(info)
        if not scale:
            raise ValueError(f"The objective {objective} has nothing to divide by.")
        return cls(info, scale)

    @property
    def name(self) -> str:
        """RMSE, MAE or MASE."""
        return self.info.error

    @property
    def is_rmse(self) -> bool:
        """Whether errors are compared as the skill compares them."""
        return self.info.measure == RMSE

    def of_errors(self, errors: Floats) -> float:
        """The error of a forecast, from those of its rows and steps."""
        return self.info.measure.of_errors(errors) / self.divisor

    def standard_error(self, errors: Floats) -> float | None:
        """The standard error of that error; None for too few rows."""
        standard_error = estimate_standard_error(errors, self.info.measure)
        return None if standard_error is None else standard_error / self.divisor

    def of_scores(self, scores: Scores) -> float:
        """The error of a forecast with these scores."""
        error: float = getattr(scores, self.info.measure.name)
        return error / self.divisor

    def of_part(self, scored: Any, part: Part = Part.VALIDATION) -> float | None:
        """The error on a part of what has app.db.models.base.ScoreColumns; None without one."""
        error: float | None = getattr(scored, f"{part}_{self.info.measure.name}")
        return None if error is None else error / self.divisor

    def of_epoch(self, epoch: Any) -> float | None:
        """The error on validation after an epoch; None where an earlier version did not keep it."""
        error: float | None = getattr(epoch, EPOCH_COLUMNS[self.info.measure])
        return None if error is None else error / self.divisor

    def skill(self, scored: Any, naive: Mapping[Part, Scores], part: Part) -> float | None:
        """How much smaller the error is than that of naive (last value), as a fraction.

        None where either is missing or the naive forecast is perfect.
        """
        if self.is_rmse:
            skill: float | None = getattr(scored, f"{part}_skill")
            return skill
        error = self.of_part(scored, part)
        naive_error = self.of_scores(naive[part])
        if error is None or naive_error <= 0:
            return None
        return 1 - error / naive_error

    def is_missing(self, epoch: Any) -> bool:
        """Whether an earlier version did not keep what the objective says of an epoch: its MAE."""
        if self.info.epoch_column != EPOCH_COLUMNS[MAE]:
            return False
        return epoch.mae is None and epoch.objective is not None

    def monitored(self, epoch: Any) -> float | None:
        """What the objective says of an epoch, the lower the better. None: not a number.

        epoch: has the fields of app.db.models.Epoch.
        """
        value: float | None = getattr(epoch, self.info.epoch_column)
        return None if value is None else value / self.divisor
