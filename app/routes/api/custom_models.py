"""/api/networks."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.domain.custom.catalogue import own_space
from app.routes.api.schemas import Listing, refusals
from app.services import custom_models
from app.services.custom_models import NetworkFile
from app.web.dependencies import CurrentSettings

router = APIRouter(prefix="/networks", tags=["networks"])


class NetworkShape(BaseModel):
    """A file in the models folder: its shape and the space it describes, or why it cannot be used."""

    name: str
    shape: str | None
    space: dict[str, Any]
    problem: str | None

    @classmethod
    def of(cls, file: NetworkFile) -> "NetworkShape":
        """From a file."""
        found = file.network
        space = own_space(found) if found else {}
        return cls(
            name=file.name,
            shape=found.shape if found else None,
            space=space,
            problem=file.problem or None,
        )


@router.get("", responses=refusals())
def list_all(settings: CurrentSettings) -> Listing[NetworkShape]:
    """The networks of the owner's own; `name` is what an experiment's `network` takes."""
    found = [NetworkShape.of(file) for file in custom_models.files(settings.data)]
    return Listing(items=found, total=len(found))
