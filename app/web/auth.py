"""The optional access token: in a URL, then in a cookie; programs send it as a bearer token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.access_guard import TOKEN_PARAMETER, AccessGuard
from app.web.guesses import TooManyGuesses
from app.web.request_checks import ACCESS_PATH
from app.web.templating import render

LEAVE_PATH = f"{ACCESS_PATH}/leave"
OPEN_PATHS = ("/healthz", ACCESS_PATH)
OPEN_FOLDERS = ("/static/",)
FIRST_PAGE = "/experiments"
UNSAFE_CHARACTERS = "\\\r\n\t"  # browsers drop them, or read them as slashes
COOKIE_SECONDS = 30 * 24 * 3600
TOKEN_NEEDED = (
    "This server needs an access token. It is in the URL that Foretune printed when it was started."
)
NO_STORE = "no-store"


@dataclass(frozen=True)
class AccessContext:
    """What access.html shows. `address`: where the browser goes once the token is typed in."""

    words: str
    address: str
    errors: Mapping[str, Sequence[str]]


class AccessTokenMiddleware:
    """Lets nobody in without the access token, if there is one, and nothing into any cache."""

    def __init__(self, app: ASGIApp, guard: AccessGuard) -> None:
        self.app = app
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests that carry the token, and ask for it in all others."""
        if scope["type"] != "http" or not self.guard.settings.token:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.is_let_in = False
        if not scope["path"].startswith(OPEN_FOLDERS):
            send = _forbid_caching(send)
        try:
            response = await self._answer_at_door(request)
        except TooManyGuesses as refusal:
            response = ask_to_wait(request, refusal.seconds)
        if response is not None:
            await response(scope, receive, send)
            return
        if request.state.is_let_in and not self.guard.has_proof(request):
            send = self._renew_cookie(request, send)
        await self.app(scope, receive, send)

    async def _answer_at_door(self, request: Request) -> Response | None:
        """The response in place of the page; None for a request that may pass."""
        guard = self.guard
        if _is_open(request.scope["path"]):
            return _remove_token_from_address_bar(request)
        if await guard.has_right_token_in_url(request):
            response = _redirect_without_token(request)
            return set_access_cookie(response, request, guard)
        has_token = (
            guard.has_proof(request)
            or await guard.has_right_bearer(request)
            or await guard.has_right_cookie(request)
        )
        if has_token:
            request.state.is_let_in = True
            return None
        url = request.url
        return ask_for_token(request, url.path, url.query)

    def _renew_cookie(self, request: Request, send: Send) -> Send:
        """Give a browser that an earlier run of this server let in the cookie of this one."""
        if self.guard.cookie_name not in request.cookies:
            return send

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                bearer = set_access_cookie(Response(), request, self.guard)
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", bearer.headers["Set-Cookie"])
            await send(message)

        return send_with_cookie


def set_access_cookie(response: Response, request: Request, guard: AccessGuard) -> Response:
    """Add the cookie that lets a browser in for a month."""
    response.set_cookie(
        guard.cookie_name,
        guard.cookie_value,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def remove_access_cookie(response: Response, request: Request, guard: AccessGuard) -> Response:
    """Let a browser forget that it was let in."""
    response.delete_cookie(
        guard.cookie_name,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def ask_for_token(
    request: Request, path: str, query: str, error: str = "", status: int = 401
) -> Response:
    """A page with one field for a browser, a message for a program.

    path, query: where the browser goes once the token is typed in.
    error: what was wrong with the last one typed in.
    """
    headers = {"WWW-Authenticate": 'Bearer realm="Foretune"'}
    if path.startswith(("/api/", "/openapi")):
        message = error or f"{TOKEN_NEEDED} Send it as “Authorization: Bearer …”."
        detail = [{"loc": ["header", "Authorization"], "msg": message}]
        return JSONResponse({"detail": detail}, status, headers)
    context = AccessContext(
        words=TOKEN_NEEDED,
        address=_remove_token(path, query),
        errors={TOKEN_PARAMETER: [error]} if error else {},
    )
    page = render(request, "access.html", context, status=status)
    page.headers.update(headers)
    return page


def ask_to_wait(request: Request, seconds: int) -> Response:
    """429: too many wrong tokens were tried for this one to be checked now."""
    message = f"Too many wrong tokens were tried. Try again in {seconds} seconds."
    url = request.url
    response = ask_for_token(request, url.path, url.query, message, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def to_local_path(address: str) -> str:
    """An address on this server; the first page where a browser could read it as another site's."""
    if not address.startswith("/") or address.startswith("//"):
        return FIRST_PAGE
    if any(character in address for character in UNSAFE_CHARACTERS):
        return FIRST_PAGE
    return address


def _is_open(path: str) -> bool:
    if path in OPEN_PATHS:
        return True
    return path.startswith(OPEN_FOLDERS)


def _remove_token_from_address_bar(request: Request) -> Response | None:
    """Lead a browser to the same open page without a token, which nobody checks there."""
    is_browser = "text/html" in request.headers.get("accept", "")
    if is_browser and request.method == "GET" and TOKEN_PARAMETER in request.query_params:
        return _redirect_without_token(request)
    return None


def _redirect_without_token(request: Request) -> Response:
    """Redirect to the same URL without the token, which stays out of histories and links."""
    url = request.url
    address = _remove_token(url.path, url.query)
    return RedirectResponse(address, 303)


def _remove_token(path: str, query: str) -> str:
    """The address of a page on this server, without the token in its query."""
    other_pairs = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != TOKEN_PARAMETER:
            other_pairs.append((name, value))
    address = path
    if other_pairs:
        address += "?" + urlencode(other_pairs)
    return to_local_path(address)


def _forbid_caching(send: Send) -> Send:
    """Keep what only some may see out of the caches of browsers and proxies."""

    async def send_uncached(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = NO_STORE
        await send(message)

    return send_uncached
