"""What open pages ask for again and again: live fragments, with 304 while nothing changed, and their charts."""

import gzip
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, Response

from app.web.templating import render

LEVEL = 4  # of compression: a page is made every second


def fragment(request: Request, template: str, context: Callable[[], Mapping[str, Any]]) -> Response:
    """The parts of a page, or 304 when they are what the asker has. `context` is asked for where they are made anew."""
    packed = _shared(request, lambda: bytes(render(request, template, **context()).body))
    tag = f'"{sha256(packed).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return _answer(request, packed, "text/html", headers)


def figure(request: Request, draw: Callable[[], Mapping[str, Any]]) -> Response:
    """A chart, which every open page fetches anew as soon as it has changed."""
    return _answer(
        request, _shared(request, lambda: bytes(JSONResponse(draw()).body)), "application/json", {}
    )


def _shared(request: Request, make: Callable[[], bytes]) -> bytes:
    """The body of an answer, made and compressed once for all that ask for it in a moment."""
    state = request.app.state
    address = f"{request.url.path}?{request.url.query}"
    return bytes(
        state.sharing.made(
            address, state.database.writes, lambda: gzip.compress(make(), LEVEL, mtime=0)
        )
    )


def _answer(
    request: Request, packed: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """For the rare asker who cannot unpack it, unpacked."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=media_type, headers=dict(headers))
    encoding = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(packed, media_type=media_type, headers={**headers, **encoding})
