"""The types and fields of an OpenAPI document, in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
REFERENCE = "#/components/schemas/"
MAX_SHOWN_VALUES = 24
PLURALS = {"string": "texts", "integer": "whole numbers", "number": "numbers", "object": "objects"}


@dataclass(frozen=True)
class ApiField:
    """A parameter, or a field of a body or an object.

    object_name: of the object that it holds, if it holds one. location: of a parameter: path, query
    or header.
    """

    name: str
    type_name: str
    object_name: str
    is_required: bool
    default: str
    text: str
    location: str = ""


def name_object(schema: Schema) -> str:
    """The object that a schema is, or is a list or an option of; empty for none."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    for part in _parts_of(schema):
        name = name_object(part)
        if name:
            return name
    return ""


def describe_type(schema: Schema) -> str:
    """A type in words: text, number, list of whole numbers, one of "first", "last"."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return _list_values(schema["enum"])
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        names = [describe_type(option) for option in options]
        return " or ".join(dict.fromkeys(names))
    return _describe_plain_type(schema)


def _describe_plain_type(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items", {})
        return f"list of {PLURALS.get(items.get('type')) or describe_type(items)}"
    if kind == "string" and schema.get("contentMediaType"):
        return "file"
    if kind == "string" and schema.get("format") == "date-time":
        return "time (UTC)"
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "object": "object",
        "null": "null",
    }
    return words.get(str(kind), "any value") + _describe_range(schema)


def _describe_range(schema: Schema) -> str:
    limits = []
    for key, words in (
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "to"),
        ("exclusiveMaximum", "below"),
    ):
        if key in schema:
            limits.append(f"{words} {schema[key]:,.10g}")
    if schema.get("type") == "string" and schema.get("maxLength"):
        limits.append(f"at most {schema['maxLength']:,} characters")
    return f" {' '.join(limits)}" if limits else ""


def _list_values(values: list[Any]) -> str:
    shown = [json.dumps(value) for value in values[:MAX_SHOWN_VALUES]]
    more = len(values) - len(shown)
    listed = ", ".join(shown)
    return f"one of {listed} and {more} more" if more else f"one of {listed}"


def read_fields(document: Mapping[str, Any], schema: Schema) -> list[ApiField]:
    """The fields of an object; none where the schema is no object."""
    described = resolve(document, schema)
    required = described.get("required", ())
    fields = []
    for name, part in described.get("properties", {}).items():
        field = ApiField(
            name=name,
            type_name=describe_type(part),
            object_name=name_object(part),
            is_required=name in required,
            default=show_default(part),
            text=part.get("description", ""),
        )
        fields.append(field)
    return fields


def show_default(schema: Schema) -> str:
    """The default of a field as JSON; empty where it has none that says anything."""
    default = schema.get("default")
    if default in (None, "", [], {}):
        return ""
    return json.dumps(default)


def resolve(document: Mapping[str, Any], schema: Schema) -> Schema:
    """The schema itself, where it only names an object."""
    if "$ref" not in schema:
        return schema
    name = str(schema["$ref"]).removeprefix(REFERENCE)
    described: Schema = document["components"]["schemas"][name]
    return described


def _parts_of(schema: Schema) -> list[Schema]:
    parts: list[Schema] = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if "items" in schema:
        parts.append(schema["items"])
    return parts
