"""Ending a computation that takes too long."""

import signal
import threading

import pytest

from worker.baselines.time_limit import TookTooLong, time_limit


def compute_for_ever():
    while True:
        pass


def test_a_computation_is_interrupted_and_the_handler_is_put_back():
    earlier_handler = signal.getsignal(signal.SIGPROF)

    with pytest.raises(TookTooLong, match=r"0\.02 s"), time_limit(0.02):
        compute_for_ever()

    assert signal.getsignal(signal.SIGPROF) == earlier_handler
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_in_another_thread_there_is_no_limit():
    outcomes = []

    def compute():
        with time_limit(0.001):
            outcomes.append(sum(range(300_000)))

    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()

    assert len(outcomes) == 1
