"""/docs: the API's documentation, with Swagger UI from the fastapi-swagger package (no CDN)."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse

from app.errors import NotFound
from app.web.templating import render

router = APIRouter()

ASSET_TYPES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The JSON API, to read and to try."""
    return render(request, "docs.html")


@router.get("/docs/{name}")
def asset(name: str) -> FileResponse:
    """One of Swagger UI's files."""
    if name not in ASSET_TYPES:
        raise NotFound("There is no such file.")
    package = find_spec("fastapi_swagger")
    if package is None or package.origin is None:
        raise NotFound("There is no such file.")
    package_folder = Path(package.origin).parent
    return FileResponse(
        package_folder / "resources" / name,
        media_type=ASSET_TYPES[name],
    )
