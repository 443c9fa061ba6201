"""The optional access token: once in the URL or typed in, then a cookie; programs send it as a bearer token."""

import hmac
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.web.templating import render

ENTRANCE = "/access"  # where the form that asks for the token is sent
OPEN = ("/healthz", ENTRANCE)
OPEN_FOLDERS = ("/static/",)
PARAMETER = "token"
A_MONTH = 30 * 24 * 3600
WORDS = "This server asks for its access token. It is in the address that Foretune printed when it started."


class Access:
    """Lets nobody in without the token, if there is one. Raises TokenRequired for a server others reach without one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        settings.require_token()
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on whoever has the token; ask the others for it."""
        if scope["type"] != "http" or not self.settings.token or _is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if request.method in ("GET", "HEAD") and fits(
            self.settings, request.query_params.get(PARAMETER, "")
        ):
            await self._welcome(request)(scope, receive, send)
        elif _knows(request, self.settings):
            await self.app(scope, receive, send)
        else:
            await ask(request, request.url.path, request.url.query)(scope, receive, send)

    def _welcome(self, request: Request) -> Response:
        """To the same address without the token in it, so that it stays out of histories and links."""
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if name != PARAMETER])
        path = request.url.path
        return remember(
            RedirectResponse(own_address(path + ("?" + query if query else "")), 303), request
        )


def fits(settings: Settings, token: str) -> bool:
    """Whether this is the token, compared in a time that does not tell how much of it is right."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), settings.token.encode())


def remember(response: Response, request: Request) -> Response:
    """The answer with the cookie that lets its browser in for a month."""
    settings: Settings = request.app.state.settings
    response.set_cookie(
        _cookie_name(settings),
        _pass(settings),
        max_age=A_MONTH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    MutableHeaders(raw=response.raw_headers)["Cache-Control"] = "no-store"
    return response


def ask(request: Request, path: str, query: str, error: str = "") -> Response:
    """401: a page with one field, or words for a program."""
    headers = {"WWW-Authenticate": 'Bearer realm="Foretune"', "Cache-Control": "no-store"}
    if path.startswith("/api/") or path.startswith("/openapi"):
        words = f"{WORDS} Send it as “Authorization: Bearer …”."
        return JSONResponse(
            {"detail": [{"loc": ["header", "Authorization"], "msg": words}]}, 401, headers
        )
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name != PARAMETER
    ]
    address = own_address(path + ("?" + urlencode(pairs) if pairs else ""))
    errors = {PARAMETER: [error]} if error else {}
    page = render(
        request, "access.html", 401, words=WORDS, address=address, errors=errors, workers=[]
    )
    page.headers.update(headers)
    return page


def own_address(address: str) -> str:
    """An address on this server, or the first page: never one that a browser reads as another site's."""
    strange = (
        not address.startswith("/")
        or address.startswith("//")
        or any(sign in address for sign in "\\\r\n\t")
    )
    return "/experiments" if strange else address


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def _knows(request: Request, settings: Settings) -> bool:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and fits(settings, token.strip()):
        return True
    shown = request.cookies.get(_cookie_name(settings), "")
    return hmac.compare_digest(shown.encode("utf-8", "replace"), _pass(settings).encode())


def _cookie_name(settings: Settings) -> str:
    return f"foretune-{settings.port}"  # browsers share cookies between the ports of a host


def _pass(settings: Settings) -> str:
    """What the cookie holds: made of the token, so that a new token ends every old cookie, and not the token itself."""
    return hmac.new(settings.token.encode(), b"foretune browser", sha256).hexdigest()
