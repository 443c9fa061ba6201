"""A stack dump is read from a pipe until the pipe goes quiet."""

import os
import subprocess
import sys
from multiprocessing import Pipe

from worker.slots.stack_dump import MAX_DUMP_BYTES, read_dump

CRASHING_PROGRAM = """
import faulthandler, sys
from multiprocessing.connection import Connection
from worker.slots.stack_dump import write_dumps_to

def crash_here():
    faulthandler._sigsegv()

pipe = Connection(int(sys.argv[1]), readable=False)
write_dumps_to(pipe)
crash_here()
"""


def test_a_crashing_process_says_where_it_was():
    reader, writer = Pipe(duplex=False)
    descriptor = writer.fileno()

    subprocess.run(
        [sys.executable, "-c", CRASHING_PROGRAM, str(descriptor)],
        pass_fds=[descriptor],
        check=False,
    )

    assert "in crash_here" in read_dump(reader)


def test_an_empty_pipe_is_an_empty_dump():
    reader, _writer = Pipe(duplex=False)

    assert read_dump(reader) == ""


def test_a_dump_has_an_end_although_the_process_goes_on_writing():
    reader, writer = Pipe(duplex=False)
    os.write(writer.fileno(), b"x" * MAX_DUMP_BYTES)

    assert len(read_dump(reader)) == MAX_DUMP_BYTES
