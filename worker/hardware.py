"""What this machine computes with: threads, GPUs, a compiler. Nothing here imports TensorFlow unless it must."""

import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

GPU_DEVICES = (
    "/dev/nvidiactl",
    "/dev/nvidia0",
    "/dev/kfd",
    "/dev/dxg",
)  # NVIDIA, AMD, and either under WSL


def configure_threads(count: int) -> None:
    """Compute with so many threads. Call it before the first training of the process."""
    for name in (
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
    ):
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
    """Is Numba installed?"""
    return find_spec("numba") is not None


@cache
def gpus() -> int:
    """How many GPUs TensorFlow sees. On Linux it is not asked (it takes seconds) where there is no such device."""
    if sys.platform == "linux" and not any(Path(device).exists() for device in GPU_DEVICES):
        return 0
    import tensorflow as tf

    return len(tf.config.list_physical_devices("GPU"))


def trace_count() -> int:
    """How often this process traced a TensorFlow function."""
    graphs = sys.modules.get("worker.engines.fused.graphs")
    return graphs.trace_count() if graphs else 0
