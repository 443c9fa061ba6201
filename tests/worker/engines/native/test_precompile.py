"""Native code is compiled by one process, once, so that every training gets the same numbers."""

import os
import shutil
import subprocess
import sys

import pytest

from worker.engines.native import precompile

TRAINING_PROGRAM = """
import sys
from tests.worker.networks import tiny_training
from worker import training
assert training.__file__.startswith(sys.argv[1]), training.__file__
training.configure_threads(1)
training.warm_up()
network = {"units_1": 9, "batch_size": 16, "dropout_1": 0.3, "recurrent_dropout_1": 0.2}
trained = tiny_training(seed=4, **network)
print([trained.run_epoch().train_loss for _ in range(3)])
"""


@pytest.mark.slow
def test_two_slots_on_a_new_machine_and_later_ones_train_to_the_same_numbers(tmp_path):
    for package in ("app", "worker", "tests/worker"):
        shutil.copytree(
            precompile.ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    (tmp_path / "tests" / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    def start_slot():
        return subprocess.Popen(
            [sys.executable, "-c", TRAINING_PROGRAM, str(tmp_path)],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    first_slots = [start_slot(), start_slot()]
    first_losses = [process.communicate()[0] for process in first_slots]
    later_losses = start_slot().communicate()[0]

    assert later_losses.startswith("[0.")
    assert first_losses == [later_losses, later_losses]
    cache = tmp_path / "worker" / "engines" / "native" / "__pycache__"
    assert len(list(cache.glob("compiled-*"))) == 1


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The cache of an imagined compiler, which adds a line to `log` for every compilation."""
    monkeypatch.setattr(precompile, "CACHE", tmp_path)

    def compile_something():
        (tmp_path / "some.nbi").write_text("code")
        with (tmp_path / "log").open("a") as log:
            log.write("compiled\n")
        return True

    monkeypatch.setattr(precompile, "_compile", compile_something)
    return tmp_path


def test_compiled_code_is_not_compiled_again(cache):
    precompile.compile_once()
    precompile.compile_once()

    assert (cache / "log").read_text() == "compiled\n"


def test_code_compiled_from_other_sources_is_removed(cache, monkeypatch):
    (cache / "stale.nbc").write_text("code")
    (cache / "compiled-0000").touch()

    precompile.compile_once()

    assert not (cache / "stale.nbc").exists()

    monkeypatch.setattr(precompile, "_fingerprint", lambda: "changed")
    precompile.compile_once()

    assert (cache / "log").read_text() == "compiled\n" * 2
    assert [stamp.name for stamp in cache.glob("compiled-*")] == ["compiled-changed"]


def test_a_compilation_that_fails_leaves_no_stamp(cache, monkeypatch):
    monkeypatch.setattr(precompile, "_compile", lambda: False)

    precompile.compile_once()

    assert list(cache.glob("compiled-*")) == []


def test_nothing_is_compiled_where_compiled_code_cannot_be_kept(cache, monkeypatch):
    monkeypatch.setattr(precompile.os, "access", lambda *_: False)

    precompile.compile_once()

    assert not (cache / "log").exists()
