"""What this machine offers: threads, GPUs, a compiler. TensorFlow is imported only where needed."""

import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

NVIDIA_DEVICES = ("/dev/nvidiactl", "/dev/nvidia0")
AMD_DEVICES = ("/dev/kfd",)
WSL_DEVICES = ("/dev/dxg",)  # either maker's, under the Windows Subsystem for Linux
GPU_DEVICES = (*NVIDIA_DEVICES, *AMD_DEVICES, *WSL_DEVICES)
THREAD_VARIABLES = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def configure_threads(count: int) -> None:
    """Compute with this many threads. Call it before the first training of the process."""
    for name in THREAD_VARIABLES:
        os.environ[name] = str(count)
    if has_compiler():
        import scipy.linalg  # noqa: F401  (its BLAS is the one that native code calls)
    if find_spec("threadpoolctl"):
        from threadpoolctl import threadpool_limits

        threadpool_limits(count)
    if "tensorflow" in sys.modules:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(count)


@cache
def has_compiler() -> bool:
    """Whether Numba is installed."""
    return find_spec("numba") is not None


def may_have_gpu() -> bool:
    """Whether there may be a GPU: on Linux, whether there is a device of one."""
    if sys.platform != "linux":
        return True
    return any(Path(device).exists() for device in GPU_DEVICES)


@cache
def count_gpus() -> int:
    """How many GPUs TensorFlow sees.

    Importing TensorFlow takes seconds, so it is not asked on a Linux machine without a GPU device.
    """
    if not may_have_gpu():
        return 0
    import tensorflow as tf

    return len(tf.config.list_physical_devices("GPU"))
