"""Small pieces of sentences for people."""


def count_nouns(count: int, noun: str) -> str:
    """1 trial, 2 trials, 1,234 trials."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}s"
