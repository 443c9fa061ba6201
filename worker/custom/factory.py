"""Which training a custom model gets. Keras is imported only here, when a training begins."""

from collections.abc import Mapping
from typing import Any

from app.domain.custom.detection import CustomModel
from worker.slots.stderr import quiet
from worker.training import TrainingProtocol
from worker.windows import PreparedData


def create_training(
    custom_model: CustomModel, parameters: Mapping[str, Any], data: PreparedData, seed: int
) -> TrainingProtocol:
    """A training of a custom model.

    Raises ProgramError where its file cannot be loaded or builds no model.
    """
    with quiet():
        import keras  # noqa: F401
    if custom_model.fits_itself:
        from worker.custom.fit_hook import HookedTraining

        return HookedTraining(custom_model, parameters, data, seed)
    from worker.custom.training import BuiltModelTraining

    return BuiltModelTraining(custom_model, parameters, data, seed)
