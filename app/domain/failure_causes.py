"""Why a trial failed: a short list of causes, each with what to do next."""

from enum import StrEnum


class FailureCause(StrEnum):
    """The kind of a failure, by which failed trials are grouped."""

    DIVERGED = "diverged"  # a loss is no longer a number
    OUT_OF_MEMORY = "out of memory"  # refused by the machine, or more than a slot may have
    CRASHED = "crashed"  # the training process ended by itself: segmentation fault, abort, exit
    KILLED = "killed"  # the process or its worker was killed from outside, several times
    HUNG = "hung"  # no epoch ended for far too long
    TOO_LARGE = "output too large"  # the model or its checkpoint is larger than the storage limit
    DOES_NOT_FIT = "does not fit"  # the parameters leave too few rows
    CUSTOM_MODEL = "custom model"  # the file of a custom model raised an error
    ERROR = "error"  # anything else that raised an error


ADVICE = {
    FailureCause.DIVERGED: "Lower learning_rate, or search it on a log scale further down.",
    FailureCause.OUT_OF_MEMORY: (
        "Halve batch_size, use fewer units or time_steps, or give the worker fewer slots."
    ),
    FailureCause.CRASHED: (
        "Try again once. If it crashes at the same place, halve batch_size or leave these "
        "parameters out."
    ),
    FailureCause.KILLED: (
        "Find out what kills the processes (a memory limit, a batch system, an operator), "
        "then try again."
    ),
    FailureCause.HUNG: (
        "Halve the units or time_steps. If the epochs really take so long, raise "
        "FORETUNE_HUNG_SECONDS."
    ),
    FailureCause.TOO_LARGE: "Use fewer units or layers, or raise FORETUNE_OUTPUT_LIMIT_MB.",
    FailureCause.DOES_NOT_FIT: "Use fewer time_steps or a smaller batch_size.",
    FailureCause.CUSTOM_MODEL: (
        "Fix the file in the models folder and start a new experiment: "
        "this one keeps the file as it was."
    ),
    FailureCause.ERROR: "Read the traceback on the page of a trial.",
}


def advice(cause: str | None) -> str:
    """What to do about a failure; for a cause of an older version, to read its traceback."""
    for known_cause, text in ADVICE.items():
        if known_cause == cause:
            return text
    return ADVICE[FailureCause.ERROR]
