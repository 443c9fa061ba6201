"""Processes of their own: whose turn it is first."""

import os
import subprocess
import sys

from app.processes import AUTOGROUP
from tests.sessions import shared_between_sessions

GIVE_WAY = "from app.processes import give_way; give_way(3)"
# a session's file reads "/autogroup-13 nice 0"; it is empty for what was started outside of any session
SHOW = f"import os; print(os.nice(0), open('{AUTOGROUP}').read())"

pytestmark = shared_between_sessions


def niceness_in_a_new_session(program: str) -> tuple[int, int]:
    """Of the last process the program of a session's leader shows, and of what its session shares."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    own, _, _, of_session = done.stdout.split()
    return int(own), int(of_session)


def test_what_leads_a_session_has_all_of_it_give_way():
    assert niceness_in_a_new_session(f"{GIVE_WAY}\n{SHOW}") == (min(19, os.nice(0) + 3), 3)


def test_the_session_of_others_stays_as_it_is():
    child = f"{GIVE_WAY}\n{SHOW}"
    leader = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )
    assert niceness_in_a_new_session(leader) == (min(19, os.nice(0) + 3), 0)
