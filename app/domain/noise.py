"""What chance alone could explain: trials as good as the best, and a test unlike the validation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.bootstrap import compare_errors
from app.domain.metrics import RMSE, Measure

Floats = NDArray[np.float64]

TIE_STANDARD_ERRORS = 1.0  # of the difference: the rule of Breiman et al. (CART, 1984)
GAP_STANDARD_ERRORS = 2.0  # chance alone stays within them in 19 of 20 cases
HARDER_RATIO = 1.1  # of the naive errors of two parts, from which on one part is harder


@dataclass(frozen=True)
class SkillGap:
    """A skill on test that lies outside the skill on validation and its usual range.

    `skill_se`: the standard error of the skill on validation; `naive_ratio`: the error of
    naive (last value) on test over that on validation; `n_trials`: how many were evaluated.
    """

    validation_skill: float
    skill_se: float
    test_skill: float
    naive_ratio: float
    n_trials: int

    @property
    def is_lower(self) -> bool:
        return self.test_skill < self.validation_skill

    @property
    def is_harder(self) -> bool:
        """Whether naive (last value) is clearly worse on test."""
        return self.naive_ratio >= HARDER_RATIO

    @property
    def is_easier(self) -> bool:
        """Whether naive (last value) is clearly better on test."""
        return self.naive_ratio <= 1 / HARDER_RATIO


def is_tie(best_errors: Floats, errors: Floats, measure: Measure = RMSE) -> bool:
    """Whether a forecast cannot be told apart from the best one, from both errors of the same rows.

    False with too few rows for a standard error.
    """
    difference, standard_error = compare_errors(best_errors, errors, measure)
    if standard_error is None:
        return False
    return difference <= TIE_STANDARD_ERRORS * standard_error


def find_skill_gap(
    *,
    validation_skill: float,
    validation_se: float,
    test_skill: float,
    naive_validation: float,
    naive_test: float,
    n_trials: int,
) -> SkillGap | None:
    """How far the skill on test lies off; None where chance alone explains it.

    `validation_se`: the standard error of the error on validation; naive: that error of "tomorrow
    = today", above 0, which counts as known.
    """
    skill_se = validation_se / naive_validation
    if abs(test_skill - validation_skill) <= GAP_STANDARD_ERRORS * skill_se:
        return None
    return SkillGap(
        validation_skill,
        skill_se,
        test_skill,
        naive_ratio=naive_test / naive_validation,
        n_trials=n_trials,
    )
