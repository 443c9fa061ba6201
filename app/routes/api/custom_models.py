"""/api/custom-models."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.domain.custom.catalogue import custom_space
from app.routes.api.schemas import Listing, refusals
from app.services import custom_models
from app.services.custom_models import CustomModelFile
from app.web.dependencies import CurrentSettings

router = APIRouter(prefix="/custom-models", tags=["custom models"])


class CustomModelSchema(BaseModel):
    """A file in the models folder: its shape and the space it describes, or why it cannot be used."""

    name: str
    shape: str | None
    space: dict[str, Any]
    problem: str | None

    @classmethod
    def of(cls, file: CustomModelFile) -> "CustomModelSchema":
        """From a file."""
        found = file.custom_model
        space = custom_space(found) if found is not None else {}
        return cls(
            name=file.name,
            shape=found.shape if found is not None else None,
            space=space,
            problem=file.problem or None,
        )


@router.get("", responses=refusals())
def list_all(settings: CurrentSettings) -> Listing[CustomModelSchema]:
    """The custom models; `name` is what `custom_model` of an experiment takes."""
    found = [CustomModelSchema.of(file) for file in custom_models.files(settings.data)]
    return Listing(items=found, total=len(found))
