"""One GPU for each slot: which GPUs there are, and which one a slot takes.

The worker never loads TensorFlow, which would hold memory of every GPU: a child process is asked.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count

from worker import hardware

VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES"
NO_DEVICE = "-1"
SEARCH_SECONDS = 120.0
COUNT_GPUS = "from worker.hardware import count_gpus; print(count_gpus())"

_claim: socket.socket | None = None  # in a slot: bound to a name for as long as the process lives


def find_gpus() -> list[str]:
    """The GPUs that TensorFlow sees, by the names that CUDA_VISIBLE_DEVICES has for them.

    Raises OSError or subprocess.SubprocessError where TensorFlow cannot be asked.
    """
    if not hardware.may_have_gpu():
        return []
    n_gpus = _ask_tensorflow()
    names = _visible_devices() or [str(index) for index in range(n_gpus)]
    return names[:n_gpus]


def one_slot_a_gpu(slots: int, say: Callable[[str], None]) -> int:
    """The number of slots as it is set, or that of the GPUs where it is 0 and there are any."""
    try:
        gpus = find_gpus()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        say(f"TensorFlow could not be asked for GPUs, so there is one slot a core: {error}")
        return slots
    if not gpus:
        return slots
    os.environ[VISIBLE_DEVICES] = ",".join(gpus)  # the slots choose from these
    return slots or len(gpus)


def take_gpu() -> None:
    """In a slot, before TensorFlow is loaded: use the GPU that has the fewest slots, and no other.

    Slots of all workers on this machine are counted. Memory is taken as it is needed.
    """
    gpus = [name for name in _visible_devices() if name != NO_DEVICE]
    if not gpus:
        return
    os.environ[VISIBLE_DEVICES] = _claim_gpu(gpus)
    os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"


def _ask_tensorflow() -> int:
    answer = subprocess.run(
        [sys.executable, "-c", COUNT_GPUS],
        capture_output=True,
        text=True,
        check=True,
        timeout=SEARCH_SECONDS,
    )
    return int(answer.stdout)


def _visible_devices() -> list[str]:
    listed = os.environ.get(VISIBLE_DEVICES, "")
    names = [name.strip() for name in listed.split(",")]
    return [name for name in names if name]


def _claim_gpu(gpus: Sequence[str]) -> str:
    """The GPU with the fewest slots: all get a first one before any gets a second one.

    A GPU is claimed by binding a socket to a name, which the system frees when the process ends.
    """
    for round_number in count():
        for gpu in gpus:
            if _bind(f"foretune-{os.getuid()}-gpu-{gpu}-{round_number}"):
                return gpu
    raise AssertionError("Unreachable: the rounds never end.")


def _bind(name: str) -> bool:
    """Bind a socket to an abstract name of Linux; False where another process has it."""
    global _claim
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0{name}")
    except OSError:
        claim.close()
        return False
    _claim = claim
    return True
