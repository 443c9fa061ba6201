"""Check the product on a machine with a GPU. Ends within 8 minutes.

    python -m tests.gpu
    python -m tests.gpu --cpu    tests this program without a GPU

1. Losses: an LSTM and a GRU have the losses of the CPU after each of three epochs.
2. Speed: seconds an epoch, on the GPU and on the CPU.
3. A search of four trials by a real server and a real worker of one slot.

It prints tables in Markdown for tests/benchmarks/README.md. It exits with 1 if a check fails, or if
TensorFlow sees no GPU. With --cpu the engine for GPUs runs on the CPU, on a part of the data.

Each side is measured in a process of its own, as TensorFlow holds a GPU's memory until it exits.
The GPU is measured a second time with NVIDIA's TF32 arithmetic off. That is no check: it tells
whether a difference of losses comes from there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.gpu.measurement import Measurement
from tests.gpu.report import (
    find_loss_problems,
    find_search_problems,
    largest_difference,
    loss_table,
    search_table,
    speed_table,
)
from tests.gpu.search import run_search

ROOT = Path(__file__).resolve().parents[2]
GPU_SEARCH_SECONDS = 60.0
MEASURE_SECONDS = 90.0
SEARCH_SECONDS = 90.0
CPU_PATIENCE = 4  # with --cpu, time limits are so many times as long
NO_GPU = """\
TensorFlow sees no GPU on this machine. Does `nvidia-smi` list one, and is `tensorflow[and-cuda]`
installed? `python -m tests.gpu --cpu` tests this program without a GPU."""


@dataclass(frozen=True)
class Side:
    """Where networks are trained: a name, and what the process that trains them is started with."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


HIDDEN_GPUS = {"CUDA_VISIBLE_DEVICES": "-1"}
GPU = Side("GPU")
GPU_WITHOUT_TF32 = Side("GPU, TF32 off", {"NVIDIA_TF32_OVERRIDE": "0"})
CPU = Side("CPU", HIDDEN_GPUS)
FEWER_ROWS = ("--rows", "2000")
PRETENDED_GPU = Side("GPU's engine on the CPU", HIDDEN_GPUS, ("--pretend-gpu", *FEWER_ROWS))
CPU_WITH_FEWER_ROWS = Side("CPU", HIDDEN_GPUS, FEWER_ROWS)


class MeasurementFailed(Exception):
    """The process that measures has failed, or has taken too long."""


def has_gpu() -> bool:
    """Whether TensorFlow sees a GPU. Asked in a child process, which does not hold its memory."""
    script = "from tests.gpu.measurement import find_gpus; raise SystemExit(not find_gpus())"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment, timeout=GPU_SEARCH_SECONDS
    )
    return answer.returncode == 0


def measure_side(side: Side, seconds: float) -> Measurement:
    """Measure in a child process. Raises MeasurementFailed."""
    print(f"Measuring: {side.name}", file=sys.stderr, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **side.environment}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "measurement.json"
        command = [sys.executable, "-m", "tests.gpu.measurement", str(file), *side.options]
        try:
            subprocess.run(command, env=environment, check=True, timeout=seconds)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise MeasurementFailed(f"{side.name}: {error}") from error
        return Measurement.from_json(file.read_text())


def check_networks(side: Side, cpu_side: Side, seconds: float) -> list[str]:
    """Compare one side with the CPU, print both tables, and return what is wrong."""
    measured = measure_side(side, seconds)
    cpu = measure_side(cpu_side, seconds)
    gpus = ", ".join(measured.gpus) or "none"
    print(f"GPUs: {gpus}. Engines: {measured.engine} ({side.name}), {cpu.engine} (CPU).\n")
    print(loss_table(side.name, measured, cpu))
    print(f"Largest difference: {largest_difference(measured, cpu):.1e}\n")
    print(speed_table(side.name, measured, cpu), flush=True)
    if side == GPU:
        without_tf32 = measure_side(GPU_WITHOUT_TF32, seconds)
        print(loss_table(GPU_WITHOUT_TF32.name, without_tf32, cpu), flush=True)
    return find_loss_problems(measured, cpu)


def check_search(engine: str, seconds: float) -> list[str]:
    """Run the search, print its table, and return what is wrong."""
    print("Searching", file=sys.stderr, flush=True)
    trials = run_search(seconds)
    print(search_table(trials), flush=True)
    return find_search_problems(trials, engine)


def run_checks(side: Side, cpu_side: Side, search_engine: str, patience: int = 1) -> int:
    """Run all checks, with `patience` times the usual time limits; 1 if one fails."""
    started_at = time.monotonic()
    try:
        problems = check_networks(side, cpu_side, MEASURE_SECONDS * patience)
    except MeasurementFailed as error:
        problems = [f"The measurement failed. {error}"]
    problems += check_search(search_engine, SEARCH_SECONDS * patience)
    print("\n".join(problems) or "All checks hold.")
    print(f"Took {time.monotonic() - started_at:.0f} s.")
    return 1 if problems else 0


def main() -> int:
    """Run all checks; 1 if one fails or there is no GPU."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cpu", action="store_true", help="test this program without a GPU")
    arguments = parser.parse_args()
    if arguments.cpu:
        os.environ.update(HIDDEN_GPUS)
        return run_checks(PRETENDED_GPU, CPU_WITH_FEWER_ROWS, "native", CPU_PATIENCE)
    if has_gpu():
        return run_checks(GPU, CPU, "keras")
    print(NO_GPU)
    return 1


if __name__ == "__main__":
    sys.exit(main())
