"""What is wrong with something a person asked for."""

from dataclasses import dataclass

LONGEST = 60  # characters of somebody's text that a message repeats


@dataclass(frozen=True)
class Problem:
    """What is wrong with one hyperparameter; `name` is empty where it is about the whole."""

    name: str
    message: str


def named(text: object) -> str:
    """Somebody's text as a message may repeat it: short, and without characters that cannot be printed."""
    start = str(text)[: LONGEST + 1]
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in start
    )
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"
