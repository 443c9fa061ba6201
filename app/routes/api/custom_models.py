"""/api/custom-models."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.domain.custom.catalogue import custom_space
from app.domain.custom.detection import TuningLibrary
from app.routes.api.schemas.responses import Listing, refusals
from app.services import custom_models
from app.services.custom_models import CustomModelFile
from app.web.dependencies import CurrentSettings

router = APIRouter(prefix="/custom-models", tags=["custom models"])


class CustomModelSchema(BaseModel):
    """A file in the models folder: its shape and its space, or why it cannot be used."""

    name: str
    shape: TuningLibrary | None
    space: dict[str, Any]
    problem: str | None

    @classmethod
    def of(cls, file: CustomModelFile) -> "CustomModelSchema":
        shape = None
        space: dict[str, Any] = {}
        if file.custom_model is not None:
            shape = file.custom_model.library
            space = custom_space(file.custom_model)
        return cls(
            name=file.name,
            shape=shape,
            space=space,
            problem=file.problem or None,
        )


@router.get("", responses=refusals())
def list_all(settings: CurrentSettings) -> Listing[CustomModelSchema]:
    """List the custom models.

    `name` is what `custom_model` of an experiment takes.
    """
    files = custom_models.list_files(settings.data)
    items = [CustomModelSchema.of(file) for file in files]
    return Listing.whole(items)
