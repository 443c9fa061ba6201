"""The kernel of what one hyperparameter does."""

import numpy as np
import pytest

from app.domain.importance.main_effect import MainEffect
from tests.app.domain.importance.trials import SPACE


@pytest.mark.parametrize("dimension", SPACE.searched, ids=lambda dimension: dimension.name)
def test_an_effect_has_mean_0_and_variance_1_over_its_values(dimension):
    effect = MainEffect(dimension)

    covariance = effect.covariance(effect.encoded_values, effect.encoded_values)

    assert covariance.mean(axis=1) == pytest.approx(np.zeros(len(covariance)), abs=1e-12)
    assert np.diag(covariance).mean() == pytest.approx(1)
    assert effect.variances(effect.encoded_values) == pytest.approx(np.diag(covariance))
