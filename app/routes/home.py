"""/: the experiments."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

router = APIRouter()


@router.get("/")
def home() -> RedirectResponse:
    """To the experiments."""
    return RedirectResponse("/experiments", 303)
