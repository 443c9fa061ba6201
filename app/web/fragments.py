"""What open pages ask for again and again: live fragments and charts."""

import gzip
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import JSONResponse, Response

from app.web.response_cache import ResponseCache
from app.web.templating import render

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

COMPRESSION_LEVEL = 4  # a fragment is compressed every second


def fragment(
    request: Request,
    template: str,
    make_context: "Callable[[], Mapping[str, Any] | DataclassInstance]",
) -> Response:
    """The live parts of a page, or 304 when the browser has them already.

    The context is made only where no other page has just asked for the same fragment.
    """

    def render_fragment() -> bytes:
        context = make_context()
        response = render(request, template, context)
        return bytes(response.body)

    compressed = _share_response(request, render_fragment)
    digest = sha256(compressed).hexdigest()
    etag = f'"{digest[:20]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "no-cache",
    }
    known_etag = request.headers.get("if-none-match")
    if known_etag == etag:
        return Response(status_code=304, headers=headers)
    return _respond(request, compressed, "text/html", headers)


def figure(request: Request, draw: Callable[[], Mapping[str, Any]]) -> Response:
    """A chart, which every open page fetches anew as soon as it has changed."""

    def encode_figure() -> bytes:
        response = JSONResponse(draw())
        return bytes(response.body)

    compressed = _share_response(request, encode_figure)
    return _respond(request, compressed, "application/json", {})


def _share_response(request: Request, make: Callable[[], bytes]) -> bytes:
    """The compressed body of a response, made once for all who ask within a moment."""

    def compress() -> bytes:
        body = make()
        return gzip.compress(body, COMPRESSION_LEVEL, mtime=0)

    url = request.url
    address = f"{url.path}?{url.query}"
    responses: ResponseCache[bytes] = request.app.state.responses
    return responses.get_or_make(address, compress)


def _respond(
    request: Request, compressed: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Send a body compressed, except to the rare program that cannot decompress it."""
    encodings = request.headers.get("accept-encoding", "")
    if "gzip" not in encodings:
        body = gzip.decompress(compressed)
        return Response(body, media_type=media_type, headers=dict(headers))
    response = Response(
        compressed,
        media_type=media_type,
        headers=dict(headers),
    )
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response
