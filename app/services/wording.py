"""Small pieces of sentences for people."""

from collections.abc import Sequence


def count_nouns(count: int, noun: str) -> str:
    """1 trial, 2 trials, 1,234 trials."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}s"


def join_words(words: Sequence[str]) -> str:
    """a, b and c."""
    if len(words) == 1:
        return words[0]
    first_words = ", ".join(words[:-1])
    return f"{first_words} and {words[-1]}"
