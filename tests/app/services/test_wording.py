"""Parts of sentences."""

import pytest

from app.services.wording import count_nouns


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 trials"), (1, "1 trial"), (2, "2 trials"), (1234, "1,234 trials")]
)
def test_only_a_single_thing_is_singular(count, text):
    assert count_nouns(count, "trial") == text
