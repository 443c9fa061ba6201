"""Live fragments: parts of a page asked for again and again, answered with 304 while nothing changed."""

from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.responses import Response

from app.pages import render


def fragment(request: Request, template: str, **context: Any) -> Response:
    """The parts of a page, or 304 when they are what the asker has."""
    page = render(request, template, **context)
    tag = f'"{sha256(bytes(page.body)).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    page.headers.update(headers)
    return page
