"""Types of an OpenAPI document, as a reader would call them."""

import pytest

from app.web.views.api_types import describe_type, name_object, show_default

THING = {"$ref": "#/components/schemas/Thing"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 4000}, "text at most 4,000 characters"),
        ({"type": "string", "format": "date-time"}, "time (UTC)"),
        ({"type": "string", "contentMediaType": "application/octet-stream"}, "file"),
        ({"type": "integer", "minimum": 1, "maximum": 200}, "whole number from 1 to 200"),
        ({"type": "number", "exclusiveMinimum": 0}, "number above 0"),
        ({"type": "array", "items": {"type": "integer"}}, "list of whole numbers"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"enum": ["a", "b"], "type": "string"}, 'one of "a", "b"'),
        ({"const": "ok"}, '"ok"'),
        ({}, "any value"),
        (THING, "Thing"),
    ],
)
def test_a_type_has_plain_words(schema, words):
    assert describe_type(schema) == words


def test_the_object_inside_a_list_or_an_option_is_found():
    assert name_object({"anyOf": [{"type": "null"}, {"type": "array", "items": THING}]}) == "Thing"
    assert name_object({"type": "string"}) == ""


def test_a_default_is_shown_where_it_says_something():
    assert show_default({"default": 0.3}) == "0.3"
    assert show_default({"default": ""}) == show_default({}) == ""
