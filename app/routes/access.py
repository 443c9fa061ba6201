"""Where the access token is typed in."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.web import auth
from app.web.dependencies import CurrentSettings, Texts

router = APIRouter(prefix=auth.ENTRANCE)


@router.get("")
def show(request: Request, settings: CurrentSettings) -> Response:
    """Ask for the token, where there is one."""
    return (
        auth.ask(request, "/experiments", "")
        if settings.token
        else RedirectResponse("/experiments", 303)
    )


@router.post("")
def enter(request: Request, settings: CurrentSettings, texts: Texts) -> Response:
    """Let the browser in and on to the page it wanted."""
    address = auth.own_address(texts.get("address", ""))
    if not settings.token:
        return RedirectResponse(address, 303)
    if not auth.fits(settings, texts.get(auth.PARAMETER, "").strip()):
        path, _, query = address.partition("?")
        return auth.ask(
            request, "/" if path.startswith("/api/") else path, query, "This is not the token."
        )
    return auth.remember(RedirectResponse(address, 303), request)
