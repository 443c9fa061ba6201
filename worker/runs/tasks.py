"""What a slot can be sent to do. Imports the engine only when called, so that the worker itself stays small."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.queue.claims import Claim


def warm_up() -> None:
    """Load the engine with one thread; compiling its native code the first time takes seconds, so not in a trial."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet():
        import worker.runs.runner  # noqa: F401
        from worker import training

        training.configure_threads(1)
        training.warm_up()


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing on standard error, not even from C++: TensorFlow greets with lines nobody can act on."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
