"""What the tests let a process do with the bytes of a file."""

import os
import time

from app.domain.csv_reading.series import FileProblem, SeriesError


def count_bytes(content, factor):
    return factor * len(content)


def tell_process(content):
    return os.getpid()


def tell_settings(content):
    return [name for name in os.environ if name.startswith("FORETUNE_")]


def refuse(content):
    raise SeriesError([FileProblem("file", "It is bad."), FileProblem("target", "It is worse.")])


def never_end(content):
    time.sleep(600)


def compute_without_pause(content):
    """Hold this process's interpreter for half a second at a time."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        sum(range(2_000_000))


def take_all_memory(content):
    blocks = []
    while True:
        blocks.append(bytearray(100_000_000))


def die(content):
    os._exit(9)
