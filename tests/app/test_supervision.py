"""Processes that live and die together, and one that is started again when it dies."""

import os
import time

import psutil

from app import supervision

LASTING = ["http.server", "--bind", "127.0.0.1", "0"]
SHORT = ["platform"]  # prints a line and ends


def test_what_died_is_started_again_after_a_growing_pause(monkeypatch):
    monkeypatch.setattr(supervision, "FIRST_PAUSE_SECONDS", 0.01)
    deaths = []

    with supervision.Processes(deaths.append) as running:
        running.start("server", LASTING, os.environ)
        running.start("worker", SHORT, os.environ, restarts=True)
        while len(deaths) < 3:
            assert running.ended() is None
            time.sleep(0.01)

    assert [death.pause for death in deaths] == [0.01, 0.02, 0.04]
    assert len({death.pid for death in deaths}) == 3
    assert deaths[2].text.startswith("The worker ended with exit code 0. Deaths in")


def test_what_is_not_started_again_ends_them_all():
    with supervision.Processes() as running:
        running.start("server", SHORT, os.environ)

        assert running.wait() == "server"


def test_a_process_that_a_signal_ended_says_which():
    deaths = []

    with supervision.Processes(deaths.append) as running:
        others = set(psutil.Process().children())
        running.start("worker", LASTING, os.environ, restarts=True)
        (started,) = set(psutil.Process().children()) - others
        started.kill()
        while not deaths:
            running.ended()
            time.sleep(0.01)

    assert deaths[0].text == "The worker was ended by SIGKILL. It is started again after 1 s."
