"""/docs: the reference of the JSON API, made from its OpenAPI document."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.web.dependencies import CurrentSettings
from app.web.templating import render
from app.web.views.api_reference import ApiReference, read_reference

router = APIRouter()


@dataclass(frozen=True)
class DocsContext:
    """What the API's page shows."""

    reference: ApiReference
    address: str


@router.get("/docs")
def docs(request: Request, settings: CurrentSettings) -> HTMLResponse:
    """The JSON API, to read."""
    address = str(request.base_url).rstrip("/")
    document = request.app.openapi()
    reference = read_reference(document, address, has_token=bool(settings.token))
    return render(request, "docs.html", DocsContext(reference, address))
