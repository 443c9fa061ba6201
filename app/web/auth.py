"""The optional access token: in a URL, then in a cookie; programs send it as a bearer token."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.web.templating import render

ACCESS_PATH = "/access"  # the form that asks for the token is sent here
OPEN_PATHS = ("/healthz", ACCESS_PATH)
OPEN_FOLDERS = ("/static/",)
TOKEN_PARAMETER = "token"
FIRST_PAGE = "/experiments"
UNSAFE_CHARACTERS = "\\\r\n\t"  # browsers drop them, or read them as slashes
COOKIE_SECONDS = 30 * 24 * 3600
TOKEN_NEEDED = (
    "This server needs an access token. It is in the URL that Foretune printed when it was started."
)


@dataclass(frozen=True)
class AccessContext:
    """What access.html shows. `address`: where the browser goes once the token is typed in."""

    words: str
    address: str
    errors: Mapping[str, Sequence[str]]


class AccessTokenMiddleware:
    """Lets nobody in without the access token, if there is one.

    Raises TokenRequired when others can reach the server and there is none.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        settings.require_token()
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests that carry the token, and ask for it in all others."""
        response = None
        if scope["type"] == "http":
            request = Request(scope)
            response = self._answer_at_door(request)
        if response is None:
            await self.app(scope, receive, send)
            return
        await response(scope, receive, send)

    def _answer_at_door(self, request: Request) -> Response | None:
        """The response in place of the page; None for a request that may pass."""
        path: str = request.scope["path"]
        if not self.settings.token or _is_open(path):
            return None
        if self._has_token_in_url(request):
            return _move_token_to_cookie(request)
        if _has_token(request, self.settings):
            return None
        url = request.url
        return ask_for_token(request, url.path, url.query)

    def _has_token_in_url(self, request: Request) -> bool:
        if request.method not in ("GET", "HEAD"):
            return False
        token = request.query_params.get(TOKEN_PARAMETER, "")
        return is_access_token(self.settings, token)


def is_access_token(settings: Settings, token: str) -> bool:
    """Compare in a time that does not tell how much of the token is right."""
    return _are_equal(token, settings.token)


def set_access_cookie(response: Response, request: Request) -> Response:
    """Add the cookie that lets a browser in for a month."""
    settings: Settings = request.app.state.settings
    response.set_cookie(
        _cookie_name(settings),
        _cookie_value(settings),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    headers = MutableHeaders(raw=response.raw_headers)
    headers["Cache-Control"] = "no-store"
    return response


def ask_for_token(request: Request, path: str, query: str, error: str = "") -> Response:
    """401: a page with one field for a browser, a message for a program.

    path, query: where the browser goes once the token is typed in.
    error: what was wrong with the last one typed in.
    """
    headers = {
        "WWW-Authenticate": 'Bearer realm="Foretune"',
        "Cache-Control": "no-store",
    }
    if path.startswith(("/api/", "/openapi")):
        message = f"{TOKEN_NEEDED} Send it as “Authorization: Bearer …”."
        detail = [{"loc": ["header", "Authorization"], "msg": message}]
        return JSONResponse({"detail": detail}, 401, headers)
    context = AccessContext(
        words=TOKEN_NEEDED,
        address=_remove_token(path, query),
        errors={TOKEN_PARAMETER: [error]} if error else {},
    )
    # Whoever has no token learns nothing about the workers.
    page = render(request, "access.html", context, status=401, workers=[])
    page.headers.update(headers)
    return page


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


def _has_token(request: Request, settings: Settings) -> bool:
    authorization = request.headers.get("authorization", "")
    scheme, _, token = authorization.partition(" ")
    is_bearer = scheme.lower() == "bearer"
    if is_bearer and is_access_token(settings, token.strip()):
        return True
    cookie_name = _cookie_name(settings)
    cookie = request.cookies.get(cookie_name, "")
    return _are_equal(cookie, _cookie_value(settings))


def _are_equal(sent: str, expected: str) -> bool:
    """Compare in a time that does not tell how much of a secret is right."""
    return hmac.compare_digest(
        sent.encode("utf-8", "replace"),
        expected.encode(),
    )


def _move_token_to_cookie(request: Request) -> Response:
    """Redirect to the same URL without the token, which stays out of histories and links."""
    url = request.url
    address = _remove_token(url.path, url.query)
    response = RedirectResponse(address, 303)
    return set_access_cookie(response, request)


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


def _cookie_name(settings: Settings) -> str:
    return f"foretune-{settings.port}"  # browsers share cookies between the ports of a host


def _cookie_value(settings: Settings) -> str:
    """A digest of the token: it does not tell the token, and a new token makes it invalid."""
    key = settings.token.encode()
    digest = hmac.new(key, b"foretune browser", sha256)
    return digest.hexdigest()
