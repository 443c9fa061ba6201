"""/healthz: whether the server and its database work."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from app.config import VERSION
from app.queue import workers
from app.web.dependencies import CurrentSettings, ReadSession

router = APIRouter()


class Health(BaseModel):
    """The server answers, the database does, and so many workers are running."""

    status: Literal["ok"]
    version: str
    database: Literal["ok"]
    workers: int


@router.get("/healthz", tags=["health"])
def healthz(session: ReadSession, settings: CurrentSettings) -> Health:
    """Report that the server answers and can read its database."""
    session.execute(text("SELECT 1"))
    alive = workers.alive(session, settings.lease_seconds)
    return Health(
        status="ok",
        version=VERSION,
        database="ok",
        workers=len(alive),
    )
