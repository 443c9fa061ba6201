"""/docs: the API's documentation, with Swagger UI from the installed fastapi-swagger package (no CDN)."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse

from app.errors import NotFound
from app.web.templating import render

router = APIRouter()
ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The JSON API, to read and to try."""
    return render(request, "docs.html")


@router.get("/docs/{name}")
def asset(name: str) -> FileResponse:
    """One of Swagger UI's files."""
    spec = find_spec("fastapi_swagger")
    if name not in ASSETS or spec is None or spec.origin is None:
        raise NotFound("There is no such file.")
    return FileResponse(Path(spec.origin).parent / "resources" / name, media_type=ASSETS[name])
