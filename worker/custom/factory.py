"""Which training a file's shape gets; Keras is imported only here, when one begins."""

from collections.abc import Mapping
from typing import Any

from app.domain.custom.detection import OwnNetwork
from worker.runs.tasks import quiet
from worker.training import Fitting
from worker.windows import Prepared


def open_training(
    network: OwnNetwork, parameters: Mapping[str, Any], prepared: Prepared, seed: int
) -> Fitting:
    """A training of an own network. Raises ProgramError where the file cannot be loaded or builds no model."""
    with quiet():
        import keras  # noqa: F401
    if network.shape.fits_itself:
        from worker.custom.fit_hook import Watched

        return Watched(network, parameters, prepared, seed)
    from worker.custom.training import Driven

    return Driven(network, parameters, prepared, seed)
