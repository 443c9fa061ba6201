"""The one-time keys of requests: a hidden field of a form, a header of a program."""

from secrets import token_urlsafe
from typing import Annotated

from fastapi import Depends, Header, Request
from markupsafe import Markup
from starlette.datastructures import UploadFile

from app.services.one_time import make_digest
from app.web.dependencies import MAX_FORM_FIELDS, ONE_TIME_FIELD

MAX_KEY_LENGTH = 200

IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=MAX_KEY_LENGTH,
        description=(
            "any text of your own: the same request with the same key within a day takes effect "
            "once, and is answered with what the first one made"
        ),
    ),
]


def one_time_field() -> Markup:
    """The hidden field of a form. Not for live parts, which would change at each look."""
    field = Markup('<input type="hidden" name="{}" value="{}" autocomplete="off">')
    return field.format(ONE_TIME_FIELD, token_urlsafe(16))


async def read_form_digest(request: Request) -> str | None:
    """The digest of a form with a one-time key; None for one without."""
    form = await request.form(max_fields=MAX_FORM_FIELDS, max_files=0)
    key = form.get(ONE_TIME_FIELD)
    if not isinstance(key, str) or not key or len(key) > MAX_KEY_LENGTH:
        return None
    parts = [request.url.path]
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            value = f"{value.filename} {value.size}"
        parts += [name, value]
    return make_digest(*parts)


async def read_body_digest(request: Request, idempotency_key: IdempotencyKey = None) -> str | None:
    """The digest of a JSON request with an Idempotency-Key; None for one without."""
    if not idempotency_key:
        return None
    body = await request.body()
    return make_digest(idempotency_key, request.url.path, body)


FormDigest = Annotated[str | None, Depends(read_form_digest)]
BodyDigest = Annotated[str | None, Depends(read_body_digest)]
