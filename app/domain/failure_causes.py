"""Why a trial failed: a short list, each with what to do next."""

from enum import StrEnum


class FailureCause(StrEnum):
    """The kind of a failure, by which failed trials are grouped."""

    DIVERGED = "diverged"  # a loss is no longer a number
    OUT_OF_MEMORY = "out of memory"  # refused by the machine, or more than a slot may have
    CRASHED = "crashed"  # the process that trained ended by itself: a segmentation fault, an abort, an exit
    KILLED = "killed"  # it, or its worker, was killed from outside again and again
    HUNG = "hung"  # no epoch ended for far too long
    TOO_LARGE = "output too large"  # the model or its checkpoint is larger than what is stored
    DOES_NOT_FIT = "does not fit"  # the parameters leave too few rows
    CUSTOM_MODEL = "custom model"  # the custom model's own file raised
    ERROR = "error"  # anything else that raised


ADVICE = {
    FailureCause.DIVERGED: "Lower learning_rate, or search it on a log scale further down.",
    FailureCause.OUT_OF_MEMORY: "Halve batch_size, take fewer units or time_steps, or give the worker fewer slots.",
    FailureCause.CRASHED: "Try again once; if it crashes at the same place, halve batch_size "
    "or leave these parameters out.",
    FailureCause.KILLED: "See what kills the processes (a memory limit, a batch system, an operator), then try again.",
    FailureCause.HUNG: "Halve the units or time_steps; if its epochs really take so long, raise FORETUNE_HUNG_SECONDS.",
    FailureCause.TOO_LARGE: "Take fewer units or layers, or raise FORETUNE_OUTPUT_LIMIT_MB.",
    FailureCause.DOES_NOT_FIT: "Take fewer time_steps or a smaller batch_size.",
    FailureCause.CUSTOM_MODEL: "Fix the file in the models folder and start a new experiment: "
    "this one keeps it as it was.",
    FailureCause.ERROR: "Look at the traceback on a trial's page.",
}


def advice(cause: str | None) -> str:
    """What to do about a failure of that kind; for one stored by an older version, to look at its traceback."""
    return next(
        (words for known, words in ADVICE.items() if known == cause), ADVICE[FailureCause.ERROR]
    )
