"""What figures were made on, and with which of OpenBLAS' kernels."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ASK = "import json, scipy.linalg, threadpoolctl; print(json.dumps(threadpoolctl.threadpool_info()))"


def unpinned() -> dict[str, str]:
    """This environment without what would keep OpenBLAS from choosing its kernels by the processor.

    Some machines pin it to an older processor's for the sake of old builds; TensorFlow, the other side, knows no such
    pin. Where none is set this changes nothing.
    """
    return {name: value for name, value in os.environ.items() if name not in PINS}


def described(environment: Mapping[str, str]) -> str:
    """Cores, processor, Python, and the kernels that a benchmark in this environment runs."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    processor = names[0] if names else platform.machine()
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, check=True, text=True
    )
    kernels = {
        library["architecture"]
        for library in json.loads(asked.stdout)
        if library.get("internal_api") == "openblas"
        and "scipy.libs" in library["filepath"]  # Numba's products
    }
    cores, python = len(os.sched_getaffinity(0)), platform.python_version()
    return (
        f"{cores} cores of {processor}, OpenBLAS for {', '.join(sorted(kernels))}, Python {python}"
    )
