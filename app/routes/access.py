"""The page that asks for the access token."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.web import auth
from app.web.dependencies import CurrentSettings, TextFields

router = APIRouter(prefix=auth.ACCESS_PATH)


@router.get("")
def show(request: Request, settings: CurrentSettings) -> Response:
    """Ask for the token, if this server has one."""
    if not settings.token:
        return RedirectResponse("/experiments", 303)
    return auth.ask_for_token(request, "/experiments", "")


@router.post("")
def enter(request: Request, settings: CurrentSettings, texts: TextFields) -> Response:
    """Let the browser in and on to the page it asked for."""
    address = auth.to_local_path(texts.get("address", ""))
    if not settings.token:
        return RedirectResponse(address, 303)
    token = texts.get(auth.TOKEN_PARAMETER, "").strip()
    if not auth.is_access_token(settings, token):
        path, _, query = address.partition("?")
        # A person typed the token in: answer with a page, not with JSON.
        if path.startswith("/api/"):
            path = "/"
        return auth.ask_for_token(request, path, query, "This is not the token.")
    response = RedirectResponse(address, 303)
    return auth.set_access_cookie(response, request)
