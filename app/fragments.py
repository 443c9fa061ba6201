"""Live fragments: parts of a page asked for again and again, answered with 304 while nothing changed."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from app.pages import render


def fragment(request: Request, template: str, context: Callable[[], Mapping[str, Any]]) -> Response:
    """The parts of a page, or 304 when they are what the asker has. `context` is asked for where they are made anew."""

    def make() -> bytes:
        return bytes(render(request, template, **context()).body)

    state = request.app.state
    address = f"{request.url.path}?{request.url.query}"
    body = state.sharing.body(address, state.database.writes, make)
    tag = f'"{sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, headers=headers)
