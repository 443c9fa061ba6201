"""What chance alone could explain."""

import numpy as np
import pytest

from app.domain.noise import find_skill_gap, is_tie

GENERATOR = np.random.default_rng(7)
ERRORS = GENERATOR.normal(size=300)


@pytest.mark.parametrize(
    ("errors", "tie"),
    [
        (ERRORS, True),
        (-ERRORS, True),
        (ERRORS + 0.02 * GENERATOR.normal(size=300), True),
        (1.3 * ERRORS, False),
        (ERRORS + 2, False),
    ],
    ids=["equal", "as large", "almost as large", "each row worse", "shifted"],
)
def test_errors_tie_with_the_best_within_one_standard_error_of_their_difference(errors, tie):
    assert is_tie(ERRORS, errors) is tie


def test_too_few_rows_tell_nothing():
    assert not is_tie(np.array([1.0, 2.0]), np.array([1.0, 2.0]))


def gap(test_skill, naive_test=10.0):
    return find_skill_gap(
        validation_skill=0.71,
        validation_se=0.3,
        test_skill=test_skill,
        naive_validation=10.0,
        naive_test=naive_test,
        n_trials=40,
    )


@pytest.mark.parametrize(("test_skill", "parts"), [(0.66, False), (0.76, False), (0.59, True)])
def test_skills_part_beyond_two_standard_errors(test_skill, parts):
    assert (gap(test_skill) is not None) == parts


@pytest.mark.parametrize(
    ("naive_test", "harder", "easier"),
    [(10.0, False, False), (14.0, True, False), (7.0, False, True)],
)
def test_a_part_is_harder_where_naive_forecasts_err_more(naive_test, harder, easier):
    found = gap(0.5, naive_test)

    assert found.is_lower
    assert found.skill_se == pytest.approx(0.03)
    assert found.naive_ratio == pytest.approx(naive_test / 10)
    assert (found.is_harder, found.is_easier) == (harder, easier)
