"""Native code is compiled by one process, once; whoever trains loads the same code and gets the same numbers."""

import os
import shutil
import subprocess
import sys

import pytest

from worker.engines.native import precompile

PROGRAM = """
import sys
import numpy as np
from app.domain.search_space.parameters import complete
from app.domain.terms import Part
from worker import training
from worker.windows import prepare
assert training.__file__.startswith(sys.argv[1]), training.__file__
training.configure_threads(1)
training.warm_up()
values = complete({"units_1": 9, "time_steps": 5, "batch_size": 16, "dropout_1": 0.3, "recurrent_dropout_1": 0.2})
parts = {Part.TRAIN: range(200), Part.VALIDATION: range(200, 230), Part.TEST: range(230, 250)}
series = np.random.default_rng(0).random((250, 2))
trained = training.Training(values, prepare(series, 0, values, parts, ("a", "b")), 4)
print([trained.run_epoch().train_loss for _ in range(3)])
"""


@pytest.mark.slow
def test_two_slots_on_a_new_machine_and_later_ones_train_to_the_same_numbers(tmp_path):
    for package in ("app", "worker"):
        shutil.copytree(
            precompile.ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    def begin():
        command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
        return subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        )

    together = [process.communicate()[0] for process in [begin(), begin()]]
    later = begin().communicate()[0]
    assert later.startswith("[0.")
    assert together == [later, later]
    assert len(list((tmp_path / "worker" / "native" / "__pycache__").glob("compiled-*"))) == 1


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where an imagined compiler keeps what it made; every compilation is one line of `log`."""
    monkeypatch.setattr(precompile, "KEPT", tmp_path)

    def compile_something():
        (tmp_path / "some.nbi").write_text("code")
        with (tmp_path / "log").open("a") as log:
            log.write("compiled\n")
        return True

    monkeypatch.setattr(precompile, "_compile", compile_something)
    return tmp_path


def test_what_was_compiled_is_not_compiled_again(folder):
    precompile.compile_apart()
    precompile.compile_apart()
    assert (folder / "log").read_text() == "compiled\n"


def test_what_was_compiled_from_other_sources_is_forgotten(folder, monkeypatch):
    (folder / "stale.nbc").write_text("code")
    (folder / "compiled-0000").touch()
    precompile.compile_apart()
    assert not (folder / "stale.nbc").exists()
    monkeypatch.setattr(precompile, "_fingerprint", lambda: "changed")
    precompile.compile_apart()
    assert (folder / "log").read_text() == "compiled\n" * 2
    assert [found.name for found in folder.glob("compiled-*")] == ["compiled-changed"]


def test_a_compilation_that_fails_is_tried_again_and_stops_nobody(folder, monkeypatch):
    monkeypatch.setattr(precompile, "_compile", lambda: False)
    precompile.compile_apart()
    assert list(folder.glob("compiled-*")) == []


def test_where_nothing_can_be_kept_nothing_is_compiled_apart(folder, monkeypatch):
    monkeypatch.setattr(precompile.os, "access", lambda *_: False)
    precompile.compile_apart()
    assert not (folder / "log").exists()
