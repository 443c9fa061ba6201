"""What every request passes first: the host it names, the site it comes from, and its size."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings, is_loopback
from app.domain.texts import read_count

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DOWNLOAD_ENDINGS = (".csv", ".py", "/best-model", "/bundle")
FOREIGN_READ = (
    "This was asked for by a page of another site, so it was not sent. "
    "Open it from Foretune's own pages."
)
ACCESS_PATH = "/access"  # the form that asks for the token is sent here
MAX_ACCESS_BODY_BYTES = 20_000
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
TOKEN_MISSING = (
    "Others can reach this server, and it has no access token: set FORETUNE_TOKEN and start it "
    "again."
)
MAX_SHOWN_HOST_LENGTH = 100
MAX_FORM_BYTES_BESIDE_FILE = 1_000_000
MAX_TEXT_BODY_BYTES = 8_000_000  # 10,000 points as JSON are about half of it
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",  # Plotly's charts have inline styles
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class BodyLimit:
    """How many bytes a body may have, and the message for a larger one."""

    max_bytes: int
    message: str

    def limit(self, receive: Receive) -> Receive:
        """The same stream of messages, ended with 413 as soon as they hold too many bytes."""
        received_bytes = 0

        async def receive_limited() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self.max_bytes:
                # FastAPI passes this exception on while it reads a body, and hides others.
                raise HTTPException(413, self.message)
            return message

        return receive_limited


class RequestChecksMiddleware:
    """Refuses foreign host names (DNS rebinding), what other sites ask for, and oversized bodies.

    Adds security headers to every response.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = LOCAL_HOSTS | set(settings.allowed_hosts) | {settings.host.lower()}
        self.file_limit = BodyLimit(
            settings.upload_limit_bytes + MAX_FORM_BYTES_BESIDE_FILE,
            f"The file is larger than the limit of {settings.upload_limit_mb} MB. "
            "FORETUNE_UPLOAD_LIMIT_MB raises it.",
        )
        self.has_token = bool(settings.token)
        self.access_limit = BodyLimit(
            MAX_ACCESS_BODY_BYTES,
            "This is larger than any access token.",
        )
        self.text_limit = BodyLimit(
            MAX_TEXT_BODY_BYTES,
            f"This is larger than the limit of {MAX_TEXT_BODY_BYTES // 1_000_000} MB.",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if nothing speaks against it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _add_security_headers(send)
        headers = Headers(scope=scope)
        body_limit = self._choose_body_limit(scope["path"], headers)
        refusal = self._find_refusal(scope, headers, body_limit)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        limited_receive = body_limit.limit(receive)
        await self.app(scope, limited_receive, send)

    def _choose_body_limit(self, path: str, headers: Headers) -> BodyLimit:
        if path == ACCESS_PATH:
            return self.access_limit
        content_type = headers.get("content-type", "").lower()
        if content_type.startswith("multipart/"):
            return self.file_limit
        return self.text_limit

    def _find_refusal(
        self, scope: Scope, headers: Headers, body_limit: BodyLimit
    ) -> ASGIApp | None:
        host = parse_host(headers.get("host", ""))
        if host not in self.hosts:
            name = host[:MAX_SHOWN_HOST_LENGTH]
            message = (
                f"This server does not answer to the name {name!r}. "
                "Add it to FORETUNE_ALLOWED_HOSTS."
            )
            return _refuse(scope, 400, message)
        if not self.has_token and _comes_from_elsewhere(scope, headers):
            return _refuse(scope, 403, TOKEN_MISSING)
        if scope["method"] in SAFE_METHODS:
            if _is_foreign_read(scope["path"], headers):
                return _refuse(scope, 403, FOREIGN_READ)
        elif not _is_same_origin(headers):
            return _refuse(scope, 403, "This came from another site, so it was not done.")
        length = headers.get("content-length", "0")
        if length.isdecimal() and _is_longer(length, body_limit.max_bytes):
            return _refuse(scope, 413, body_limit.message)
        return None


def _is_longer(length: str, max_bytes: int) -> bool:
    number = read_count(length)
    return number is None or number > max_bytes


def parse_host(header: str) -> str:
    """The name in a Host header, without port and brackets; empty where there is none."""
    try:
        hostname = urlsplit(f"//{header}").hostname
    except ValueError:
        return ""
    if hostname is None:
        return ""
    return hostname.lower()


def _is_same_origin(headers: Headers) -> bool:
    """Whether a write comes from Foretune's own pages or from a program.

    Browsers send Origin with every write, or Sec-Fetch-Site; programs send neither.
    """
    origin = headers.get("origin")
    if origin is None:
        site = headers.get("sec-fetch-site", "none")
        return site in ("same-origin", "none")
    _, _, origin_host = origin.partition("://")
    host = headers.get("host", "")
    return origin_host.lower() == host.lower()


def _comes_from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether another machine's request came in, whatever address the settings say.

    Either it came in at an address that others reach, or a proxy handed it on.
    """
    is_handed_on = any(name in headers for name in FORWARDING_HEADERS)
    return is_handed_on or not _came_in_at_loopback(scope)


def _came_in_at_loopback(scope: Scope) -> bool:
    """Whether the connection was made to an address that no other machine reaches.

    A client inside the process, as tests have, was told a name: sockets have addresses. At a Unix
    socket (no port) there is a proxy.
    """
    address, port = scope.get("server") or ("", None)
    if port is None:
        return False
    try:
        ip_address(address)
    except ValueError:
        return True
    return is_loopback(address)


def _is_foreign_read(path: str, headers: Headers) -> bool:
    """Whether another site's page reads something here.

    A link on it may lead a person to a page of Foretune's, but to no download: nothing is fetched,
    embedded or saved because of what another site does. Programs send no Sec-Fetch-Site.
    """
    site = headers.get("sec-fetch-site", "none")
    if site in ("same-origin", "none"):
        return False
    leads_to_page = headers.get("sec-fetch-dest") == "document" and not _is_download(path)
    return not leads_to_page


def _is_download(path: str) -> bool:
    return path.startswith("/api/") or path.endswith(DOWNLOAD_ENDINGS)


def _refuse(scope: Scope, status: int, message: str) -> ASGIApp:
    path: str = scope["path"]
    if path.startswith("/api/"):
        problem = {"loc": [], "msg": message}
        return JSONResponse({"detail": [problem]}, status)
    return PlainTextResponse(message + "\n", status)


def _add_security_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
