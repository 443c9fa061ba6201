"""The page that asks for the access token, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.web import auth
from app.web.access_guard import TOKEN_PARAMETER, AccessGuard
from app.web.dependencies import CurrentSettings, TextFields
from app.web.guesses import TooManyGuesses
from app.web.request_checks import ACCESS_PATH

router = APIRouter()


def get_guard(request: Request) -> AccessGuard:
    """What knows the token of this server."""
    guard: AccessGuard = request.app.state.guard
    return guard


Guard = Annotated[AccessGuard, Depends(get_guard)]


@router.get(ACCESS_PATH)
def show(request: Request, settings: CurrentSettings) -> Response:
    """Ask for the token, if this server has one."""
    if not settings.token:
        return RedirectResponse("/experiments", 303)
    return auth.ask_for_token(request, "/experiments", "")


@router.post(ACCESS_PATH)
async def enter(request: Request, guard: Guard, texts: TextFields) -> Response:
    """Let the browser in and on to the page it asked for."""
    address = auth.to_local_path(texts.get("address", ""))
    if not guard.settings.token:
        return RedirectResponse(address, 303)
    token = texts.get(TOKEN_PARAMETER, "").strip()
    try:
        is_right = await guard.is_right_token(request, token)
    except TooManyGuesses as refusal:
        return auth.ask_to_wait(request, refusal.seconds)
    if is_right:
        response = RedirectResponse(address, 303)
        return auth.set_access_cookie(response, request, guard)
    path, _, query = address.partition("?")
    # A person typed the token in: answer with a page, not with JSON.
    if path.startswith("/api/"):
        path = "/"
    return auth.ask_for_token(request, path, query, "This is not the token.")


@router.post(auth.LEAVE_PATH)
def leave(request: Request, guard: Guard) -> Response:
    """Log this browser out."""
    response = RedirectResponse(ACCESS_PATH, 303)
    return auth.remove_access_cookie(response, request, guard)
