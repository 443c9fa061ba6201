"""Which two hyperparameters a contour shows."""

import pytest

from app.services.contours import choose_pair

NAMES = ("rate", "units", "cell")


@pytest.mark.parametrize(
    ("x", "y", "chosen"),
    [
        ("", "", ("rate", "units")),
        ("cell", "", ("cell", "rate")),
        ("", "rate", ("units", "rate")),
        ("units", "units", ("units", "rate")),
        ("units", "cell", ("units", "cell")),
        ("no such", "name", ("rate", "units")),
    ],
)
def test_names_asked_for_are_shown_and_else_the_most_important_that_are_left(x, y, chosen):
    assert choose_pair(NAMES, x, y) == chosen
