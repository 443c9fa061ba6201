"""Processes of their own: whose turn it is first."""

import os
import subprocess
import sys

import pytest

from app.processes import AUTOGROUP

SHOW = f"""
import os
from app.processes import give_way
give_way(3)
print(os.nice(0), open("{AUTOGROUP}").read())
"""


def shown(*, has_own_session: bool) -> tuple[int, str, int]:
    """Niceness of a process that gave way, and the name and niceness of what its session shares."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW], start_new_session=has_own_session, capture_output=True, text=True, check=True
    )
    niceness, group, _, of_group = done.stdout.split()
    return int(niceness), group, int(of_group)


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this kernel does not share processors out between sessions")
def test_what_leads_a_session_has_all_of_it_give_way():
    assert shown(has_own_session=True)[::2] == (min(19, os.nice(0) + 3), 3)


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this kernel does not share processors out between sessions")
def test_the_session_of_others_stays_as_it_is():
    _, group, _, before = f"0 {AUTOGROUP.read_text()}".split()
    assert shown(has_own_session=False) == (min(19, os.nice(0) + 3), group, int(before))
