"""What messages repeat of somebody's text."""

import pytest

from app.domain.search_space.problems import MAX_EXCERPT, excerpt


@pytest.mark.parametrize(
    ("text", "shown"),
    [("units", "units"), ("a\x00b", "a\\x00b"), ("\ud800", "\\ud800"), (3, "3")],
)
def test_an_excerpt_is_printable(text, shown):
    assert excerpt(text) == shown


def test_an_excerpt_of_a_long_text_is_short():
    shown = excerpt("x" * 1000)

    assert len(shown) == MAX_EXCERPT
    assert shown.endswith("x…")
