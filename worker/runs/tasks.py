"""What a slot can be sent to do. Imports the engine only when called, so that the worker itself stays small."""

import os

from app.queue.claims import Claim
from worker.slots.stderr import quiet


def warm_up() -> None:
    """Load the engine with one thread; compiling its native code the first time takes seconds, so not in a trial."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet():
        import worker.runs.runner  # noqa: F401
        from worker import training

        training.configure_threads(1)
        training.warm_up()


def train(url: str, claim: Claim, output_limit_mb: int) -> None:
    """Run a claim of trials."""
    from worker.runs import runner

    runner.run(url, claim, output_limit_mb)


def make_bundle(url: str, artifact_id: int, token: str) -> None:
    """Make and check the bundle somebody wished for."""
    with quiet():
        import keras  # noqa: F401

        from worker.runs import runner

    runner.make_bundle(url, artifact_id, token)
