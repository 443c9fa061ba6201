"""A clock for tests."""


class Clock:
    """Stands still until its seconds are changed."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds
