"""What a slot can be sent to do.

The engine is imported only inside the functions, so that the worker itself stays small.
"""

import os
from pathlib import Path

from app.domain.runs import Claim
from worker.gpus import take_gpu
from worker.slots.stderr import quiet


def warm_up() -> None:
    """Load the engine with one thread, and compile its native code before a trial has to wait."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    take_gpu()
    with quiet():
        import worker.runs.runner  # noqa: F401
        from worker import training

        training.configure_threads(1)
        training.warm_up()


def train(url: str, claim: Claim, data: Path, output_limit_mb: int) -> None:
    """Run a claim of trials. `data`: the folder that says which custom models may run."""
    from worker.runs import runner

    runner.run(url, claim, data, output_limit_mb)


def make_bundle(url: str, artifact_id: int, token: str, data: Path) -> None:
    """Make and check a requested bundle. `data`: see `train`."""
    with quiet():
        import keras  # noqa: F401

        from worker.runs import bundling

    bundling.make_bundle(url, artifact_id, token, data)


def compute_board(url: str, board_id: int, token: str, _data: Path) -> None:
    """Compute the baselines of a requested board."""
    with quiet():
        from worker.runs import board_run

    board_run.run_board(url, board_id, token)


def deliver(url: str, experiment_id: int, token: str, _data: Path) -> None:
    """Make what an experiment hands over."""
    with quiet():
        import keras  # noqa: F401

        from worker.runs import delivering

    delivering.deliver(url, experiment_id, token)
