"""/api/spaces."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.domain.hyperopt.import_code import HyperoptError, import_space
from app.domain.hyperopt.syntax import MAX_CODE_LENGTH
from app.errors import FieldProblem, Invalid
from app.routes.api.schemas.responses import refusals

router = APIRouter(prefix="/spaces", tags=["spaces"])


class HyperoptCode(BaseModel):
    """A search space as hyperopt code."""

    code: str = Field(
        max_length=MAX_CODE_LENGTH, examples=['space = {"units_1": hp.choice("units_1", [16, 32])}']
    )


class SpaceSchema(BaseModel):
    """A search space as an experiment takes it, and how the code was read."""

    space: dict[str, Any]
    notes: list[str]


@router.post("/hyperopt", responses=refusals(400, 413))
def from_hyperopt(hyperopt_code: HyperoptCode) -> SpaceSchema:
    """Read hyperopt code as a search space. The code is parsed and never run."""
    try:
        imported = import_space(hyperopt_code.code)
    except HyperoptError as error:
        problem = FieldProblem(("body", "code"), str(error))
        raise Invalid([problem]) from None
    return SpaceSchema(space=imported.space.document(), notes=list(imported.notes))
