"""Where the access token is typed in."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.web import auth
from app.web.dependencies import CurrentSettings, TextFields

router = APIRouter(prefix=auth.ACCESS_PATH)


@router.get("")
def show(request: Request, settings: CurrentSettings) -> Response:
    """Ask for the token, where there is one."""
    return (
        auth.ask_for_token(request, "/experiments", "")
        if settings.token
        else RedirectResponse("/experiments", 303)
    )


@router.post("")
def enter(request: Request, settings: CurrentSettings, texts: TextFields) -> Response:
    """Let the browser in and on to the page it wanted."""
    address = auth.to_local_path(texts.get("address", ""))
    if not settings.token:
        return RedirectResponse(address, 303)
    if not auth.is_access_token(settings, texts.get(auth.TOKEN_PARAMETER, "").strip()):
        path, _, query = address.partition("?")
        return auth.ask_for_token(
            request, "/" if path.startswith("/api/") else path, query, "This is not the token."
        )
    return auth.set_access_cookie(RedirectResponse(address, 303), request)
