"""Which training a file's shape gets; Keras is imported only here, when one begins."""

from collections.abc import Mapping
from typing import Any

from app.domain.custom.detection import CustomModel
from worker.slots.stderr import quiet
from worker.training import TrainingProtocol
from worker.windows import PreparedData


def open_training(
    custom_model: CustomModel, parameters: Mapping[str, Any], prepared: PreparedData, seed: int
) -> TrainingProtocol:
    """A training of a custom model. Raises ProgramError where the file cannot be loaded or builds no model."""
    with quiet():
        import keras  # noqa: F401
    if custom_model.shape.fits_itself:
        from worker.custom.fit_hook import Watched

        return Watched(custom_model, parameters, prepared, seed)
    from worker.custom.training import Driven

    return Driven(custom_model, parameters, prepared, seed)
