"""Parts of sentences that several views use."""


def count_nouns(count: int, noun: str) -> str:
    """Count things in words: 1 trial, 2 trials, 1,234 trials."""
    plural = "" if count == 1 else "s"
    return f"{count:,} {noun}{plural}"
