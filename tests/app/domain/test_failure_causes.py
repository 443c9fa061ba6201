"""Every failure comes with a next step."""

from app.domain.failure_causes import ADVICE, FailureCause, advice


def test_every_cause_of_a_failure_comes_with_a_next_step():
    assert set(ADVICE) == set(FailureCause)
    assert advice("diverged") == ADVICE[FailureCause.DIVERGED]


def test_an_unknown_cause_gets_the_advice_for_any_error():
    assert advice("of an older version") == advice(None) == ADVICE[FailureCause.ERROR]
