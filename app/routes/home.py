"""The first page: /."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

router = APIRouter()


@router.get("/")
def home() -> RedirectResponse:
    """Lead to the experiments."""
    return RedirectResponse("/experiments", 303)
