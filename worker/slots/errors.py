"""How a run ends whose slot did not live to its end, and why a slot does not come to life."""

import signal

from app.domain.failure_causes import FailureCause
from app.outcomes import describe_end

OUTSIDE_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class SlotNotStarted(Exception):
    """The process of a slot ended, or did not answer, before it could take a run."""


class SlotDied(Exception):
    """The process of a slot ended in the middle of a run.

    `exit_code` is negative for a signal; `stack_dump` is where the process was, if it could say.
    """

    def __init__(
        self, exit_code: int | None, stack_dump: str = "", ran_out_of_memory: bool = False
    ) -> None:
        super().__init__(_describe_death(exit_code, ran_out_of_memory))
        self.exit_code = exit_code
        self.stack_dump = stack_dump
        self.ran_out_of_memory = ran_out_of_memory

    @property
    def was_killed_from_outside(self) -> bool:
        """Somebody ended the process; the run did nothing wrong."""
        if self.ran_out_of_memory:
            return False
        if self.exit_code is None:
            return False
        signal_number = -self.exit_code
        return signal_number in OUTSIDE_SIGNALS


class RunKilled(Exception):
    """The worker killed the slot of a run, because the run hung or held too much memory.

    `stack_dump` is where the process was, if it could say; it is known only after the kill.
    """

    def __init__(self, cause: FailureCause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.stack_dump = ""


def _describe_death(exit_code: int | None, ran_out_of_memory: bool) -> str:
    if ran_out_of_memory:
        return (
            "The machine ran out of memory, and its kernel ended the process that trained this"
            " trial."
        )
    return f"The process that trained this trial {describe_end(exit_code)}."
