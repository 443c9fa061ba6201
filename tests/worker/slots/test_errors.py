"""A slot that died says in words how."""

import signal

import pytest

from worker.slots.errors import SlotDied


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (SlotDied(-signal.SIGSEGV), "was ended by SIGSEGV: it crashed in native code."),
        (SlotDied(-signal.SIGTERM), "was ended by SIGTERM."),
        (SlotDied(3), "ended with exit code 3."),
        (SlotDied(-signal.SIGKILL, ran_out_of_memory=True), "The machine ran out of memory"),
    ],
)
def test_the_message_names_the_cause_of_death(error, message):
    assert message in str(error)


@pytest.mark.parametrize(
    ("error", "is_blameless"),
    [
        (SlotDied(-signal.SIGKILL), True),
        (SlotDied(-signal.SIGHUP), True),
        (SlotDied(-signal.SIGKILL, ran_out_of_memory=True), False),
        (SlotDied(-signal.SIGSEGV), False),
        (SlotDied(None), False),
    ],
)
def test_only_a_signal_from_outside_leaves_a_run_blameless(error, is_blameless):
    assert error.was_killed_from_outside == is_blameless
