"""Examples of requests to the API: a body, and the curl command that sends it."""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from app.web.views.api_types import ApiField, resolve

EXAMPLES_BY_TYPE: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "array": [],
    "object": {},
}


def make_example(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A small body that fits a schema: its required fields, or the first where none is."""
    described = resolve(document, schema)
    if described.get("examples"):
        return described["examples"][0]
    if "enum" in described:
        return described["enum"][0]
    properties = described.get("properties")
    if properties:
        names = described.get("required") or list(properties)[:1]
        return {name: make_example(document, properties[name]) for name in names}
    options = described.get("anyOf")
    if options:
        return make_example(document, options[0])
    kind = str(described.get("type"))
    if kind == "array" and "items" in described:
        return [make_example(document, described["items"])]
    return EXAMPLES_BY_TYPE.get(kind)


def _fill_ids(url: str) -> str:
    """An address with 1 for each id."""
    return re.sub(r"\{[^}]*\}", "1", url)


def make_command(
    method: str, url: str, form_fields: Sequence[ApiField], body: str, *, has_token: bool
) -> str:
    """The curl command that sends a request. form_fields: of a form; body: JSON."""
    chosen_method = "" if method == "GET" else f"-X {method} "
    parts = [f"curl {chosen_method}{shlex.quote(_fill_ids(url))}"]
    if has_token:
        parts.append('-H "Authorization: Bearer $FORETUNE_TOKEN"')
    for field in form_fields:
        if field.is_required:
            value = "@prices.csv" if field.type_name == "file" else "text"
            parts.append(f"-F {field.name}={value}")
    if body:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(body)}")
    return " \\\n  ".join(parts)
