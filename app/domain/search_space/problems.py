"""What is wrong with something a person asked for."""

from dataclasses import dataclass

from app.domain.texts import make_printable

MAX_EXCERPT = 60  # characters


@dataclass(frozen=True)
class Problem:
    """What is wrong with one hyperparameter; `name` is empty where it is about the whole."""

    name: str
    message: str


class SpaceError(ValueError):
    """All that is wrong with a search space."""

    def __init__(self, problems: list[Problem]) -> None:
        messages = [problem.message for problem in problems]
        super().__init__(" ".join(messages))
        self.problems = problems


def excerpt(text: object) -> str:
    """Somebody's text as a message may repeat it: short, with unprintable characters escaped."""
    beginning = str(text)[: MAX_EXCERPT + 1]
    printable = make_printable(beginning)
    if len(printable) <= MAX_EXCERPT:
        return printable
    shortened = printable[: MAX_EXCERPT - 1]
    return f"{shortened}…"
