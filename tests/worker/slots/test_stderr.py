"""Standard error can be silenced, C++ included."""

import os

from worker.slots.stderr import quiet


def test_nothing_reaches_standard_error_until_the_block_ends(capfd):
    with quiet():
        os.write(2, b"from C++")
    os.write(2, b"afterwards")

    assert capfd.readouterr().err == "afterwards"
