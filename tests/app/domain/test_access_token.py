"""Which access tokens are easy to guess."""

import pytest

from app.domain.access_token import find_weakness, suggest_token


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("kH7-wz_Qm2x", "shorter than 12"),
        ("aaaaaaaaaaaaaaaa", "only 1 different"),
        ("0101010101010101", "only 2 different"),
        ("xk9qpzxk9qpz", "repeats"),
        ("123456789012", "usual characters"),
        ("abcdefghijklmnop", "usual characters"),
        ("password1234", "common word"),
        ("Foretune-Token-2026", "common word"),
        ("adminadmin-123", "common word"),
        ("qwertyuiopasdfghjkl", "common word"),
    ],
)
def test_a_weak_token_is_refused_with_the_reason(token, reason):
    weakness = find_weakness(token)

    assert weakness is not None
    assert reason in weakness


@pytest.mark.parametrize("token", ["kH7-wz_Qm2.xPd94", "correct-horse-battery", "9f86d081884c7d65"])
def test_other_tokens_are_fine(token):
    assert find_weakness(token) is None


def test_a_suggested_token_is_never_weak():
    assert [find_weakness(suggest_token()) for _ in range(200)] == [None] * 200
