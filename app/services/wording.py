"""Small pieces of sentences for people."""

from collections.abc import Sequence


def count_nouns(count: int, noun: str) -> str:
    """1 trial, 2 trials, 1,234 trials."""
    plural = "" if count == 1 else "s"
    return f"{count:,} {noun}{plural}"


def join_words(words: Sequence[str]) -> str:
    """a, b and c."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
