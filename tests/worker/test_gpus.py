"""One slot a GPU, with GPUs that are pretended."""

import os
import signal
import subprocess
import sys

import pytest

from worker import gpus, hardware, training
from worker.gpus import VISIBLE_DEVICES, find_gpus, one_slot_a_gpu, take_gpu
from worker.runs import tasks
from worker.slots.errors import SlotDied
from worker.slots.pool import SlotPool

TIMEOUT = 60


@pytest.fixture
def pretend_gpus(monkeypatch):
    """Let TensorFlow see so many GPUs, of those that the variable lists."""
    monkeypatch.setenv(VISIBLE_DEVICES, "")  # so that it is restored, whatever is set here
    monkeypatch.delenv(VISIBLE_DEVICES)
    monkeypatch.setattr(hardware, "may_have_gpu", lambda: True)

    def pretend(count, visible=None):
        monkeypatch.setattr(gpus, "_ask_tensorflow", lambda: count)
        if visible is not None:
            monkeypatch.setenv(VISIBLE_DEVICES, visible)

    return pretend


def messages():
    said = []
    return said, said.append


@pytest.mark.parametrize(
    ("count", "visible", "names"),
    [
        (0, None, []),
        (3, None, ["0", "1", "2"]),
        (2, "4, 6", ["4", "6"]),
        (1, "GPU-8932f937", ["GPU-8932f937"]),
        (1, "4,99", ["4"]),
        (0, "-1", []),
        (2, "", ["0", "1"]),
    ],
)
def test_gpus_have_the_names_that_the_variable_gives_them(pretend_gpus, count, visible, names):
    pretend_gpus(count, visible)

    assert find_gpus() == names


def test_tensorflow_is_not_asked_where_no_gpu_can_be(monkeypatch):
    monkeypatch.setattr(hardware, "GPU_DEVICES", ())
    monkeypatch.setattr(gpus, "_ask_tensorflow", lambda: pytest.fail("it was asked"))

    assert find_gpus() == []


@pytest.mark.slow
def test_tensorflow_is_asked_in_a_process_of_its_own():
    assert gpus._ask_tensorflow() == hardware.count_gpus()


def test_there_is_one_slot_a_gpu_unless_their_number_is_set(pretend_gpus):
    pretend_gpus(3)
    said, say = messages()

    by_default = one_slot_a_gpu(0, say)
    as_set = one_slot_a_gpu(7, say)

    assert by_default == 3
    assert as_set == 7
    assert os.environ[VISIBLE_DEVICES] == "0,1,2"
    assert said == []


def test_without_a_gpu_the_number_of_slots_stays_as_it_is_set(pretend_gpus):
    pretend_gpus(0)

    slots = one_slot_a_gpu(0, print)

    assert slots == 0
    assert VISIBLE_DEVICES not in os.environ


@pytest.mark.parametrize(
    "error", [OSError("no memory"), ValueError("no number"), subprocess.TimeoutExpired("it", 1)]
)
def test_a_worker_that_cannot_ask_tensorflow_says_so_and_has_a_slot_a_core(
    pretend_gpus, monkeypatch, error
):
    pretend_gpus(0)

    def fail():
        raise error

    monkeypatch.setattr(gpus, "_ask_tensorflow", fail)
    said, say = messages()

    slots = one_slot_a_gpu(0, say)

    assert slots == 0
    (message,) = said
    assert message.startswith("TensorFlow could not be asked for GPUs, so there is one slot a core")


@pytest.mark.parametrize("visible", ["", "-1"])
def test_a_slot_without_gpus_takes_none(monkeypatch, visible):
    monkeypatch.setenv(VISIBLE_DEVICES, visible)

    take_gpu()

    assert os.environ[VISIBLE_DEVICES] == visible


@pytest.fixture
def names(monkeypatch):
    """Names of GPUs that no worker on this machine uses."""
    made = [f"test-{os.getpid()}-{index}" for index in range(2)]
    monkeypatch.setenv(VISIBLE_DEVICES, ",".join(made))
    return made


def gpu_of(pool):
    """The GPU of the only slot of a pool."""
    return pool.submit(os.getenv, VISIBLE_DEVICES).result(TIMEOUT)


def test_slots_spread_over_the_gpus_and_take_memory_as_they_need_it(names):
    pools = [SlotPool(1, runs_per_slot=9, warm_up=take_gpu) for _ in range(4)]
    try:
        taken = [gpu_of(pool) for pool in pools]
        allows_growth = pools[0].submit(os.getenv, "TF_FORCE_GPU_ALLOW_GROWTH").result(TIMEOUT)
    finally:
        for pool in pools:
            pool.shutdown()

    assert sorted(taken) == sorted(2 * names)
    assert allows_growth == "true"


def test_the_slot_that_replaces_a_dead_one_takes_its_gpu(names):
    pools = [SlotPool(1, runs_per_slot=9, warm_up=take_gpu) for _ in names]
    try:
        taken = [gpu_of(pool) for pool in pools]
        for pool, before in zip(pools, taken, strict=True):
            with pytest.raises(SlotDied):
                pool.submit(signal.raise_signal, signal.SIGKILL).result(TIMEOUT)
            assert gpu_of(pool) == before
    finally:
        for pool in pools:
            pool.shutdown()


def test_a_slot_takes_its_gpu_before_it_loads_the_engine(monkeypatch):
    def stop():
        raise InterruptedError

    monkeypatch.setattr(tasks, "take_gpu", stop)
    monkeypatch.setattr(training, "warm_up", lambda: pytest.fail("the engine was loaded"))

    with pytest.raises(InterruptedError):
        tasks.warm_up()


@pytest.mark.slow
def test_a_worker_has_one_slot_for_each_gpu(tmp_path):
    program = """
from worker import gpus, hardware, training
gpus._ask_tensorflow = lambda: 1
hardware.may_have_gpu = lambda: True
from worker.__main__ import main
main()
"""
    environment = {**os.environ, "FORETUNE_DATA": str(tmp_path), "FORETUNE_SLOTS": "0"}

    worker = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        lines = iter(worker.stderr.readline, "")
        ready = next(line for line in lines if "ready" in line)
    finally:
        worker.terminate()
        worker.communicate(timeout=TIMEOUT)

    assert "ready with 1 slots" in ready
