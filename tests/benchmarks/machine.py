"""What figures were made on, and with which of OpenBLAS' kernels."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

KERNEL_PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
PRINT_THREADPOOLS = (
    "import json, scipy.linalg, threadpoolctl; print(json.dumps(threadpoolctl.threadpool_info()))"
)


def unpinned_environment() -> dict[str, str]:
    """This environment without the variables that pin OpenBLAS to a processor's kernels.

    Some machines pin it to an older processor's, for the sake of old builds. TensorFlow, the other
    side, has no such pin. Where none is set this changes nothing.
    """
    return {name: value for name, value in os.environ.items() if name not in KERNEL_PINS}


def describe_machine(environment: Mapping[str, str]) -> str:
    """Cores, processor, kernels of a benchmark in this environment, and Python."""
    cores = len(os.sched_getaffinity(0))
    kernels = ", ".join(sorted(find_kernels(environment)))
    python = platform.python_version()
    return f"{cores} cores of {processor_name()}, OpenBLAS for {kernels}, Python {python}"


def processor_name() -> str:
    """The processor's name, or its architecture where Linux names none."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if "model name" in line:
            return line.split(":")[1].strip()
    return platform.machine()


def find_kernels(environment: Mapping[str, str]) -> set[str]:
    """The processors whose kernels SciPy's OpenBLAS runs, which Numba calls."""
    printed = subprocess.run(
        [sys.executable, "-c", PRINT_THREADPOOLS],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    kernels = set()
    for library in json.loads(printed.stdout):
        is_scipys = "scipy.libs" in library["filepath"]
        if library.get("internal_api") == "openblas" and is_scipys:
            kernels.add(library["architecture"])
    return kernels
