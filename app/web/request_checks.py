"""What every request passes first: the host it names, where it comes from, and how large it is."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_MARGIN = 1_000_000  # bytes of a form beside the file in it
TEXT_LIMIT = (
    8_000_000  # bytes of a body that is no file: 10,000 points in JSON are about half of it
)
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",  # Plotly styles its drawings with style attributes and sheets of its own
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Security:
    """Refuses wrong hosts (DNS rebinding), cross-site writes and oversized bodies; adds headers to every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = LOCAL | set(settings.allowed_hosts) | {settings.host.lower()}
        limit = settings.upload_limit_mb
        too_large = (
            f"The file is larger than the limit of {limit} MB. FORETUNE_UPLOAD_LIMIT_MB raises it."
        )
        self.file_limit = Limit(settings.upload_limit + FORM_MARGIN, too_large)
        self.text_limit = Limit(
            TEXT_LIMIT, f"This is larger than the limit of {TEXT_LIMIT // 1_000_000} MB."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is in order."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        has_files = headers.get("content-type", "").lower().startswith("multipart/")
        limit = self.file_limit if has_files else self.text_limit
        refusal = self._refusal(scope, headers, limit)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, limit.applied(receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers, limit: "Limit") -> ASGIApp | None:
        host = host_of(headers.get("host", ""))
        if host not in self.hosts:
            words = f"This server does not answer to the name {host[:100]!r}. Add it to FORETUNE_ALLOWED_HOSTS."
            return _refused(scope, 400, words)
        if scope["method"] not in SAFE_METHODS and not _same_origin(headers):
            return _refused(scope, 403, "This came from another site, so it was not done.")
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > limit.most:
            return _refused(scope, 413, limit.words)
        return None


@dataclass(frozen=True)
class Limit:
    """The most bytes a body may have, and what is said when it has more."""

    most: int
    words: str

    def applied(self, receive: Receive) -> Receive:
        """The same stream of messages, cut off with 413 as soon as they hold too much."""
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most:
                raise HTTPException(
                    413, self.words
                )  # frameworks let this one through while reading a body
            return message

        return limited


def host_of(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _same_origin(headers: Headers) -> bool:
    """Browsers send Origin with every write, or say where it comes from; programs send neither."""
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() == headers.get("host", "").lower()
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def _refused(scope: Scope, status: int, words: str) -> ASGIApp:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"detail": [{"loc": [], "msg": words}]}, status)
    return PlainTextResponse(words + "\n", status)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
