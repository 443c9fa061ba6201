"""The API's reference: parameters, bodies, answers and objects in words."""

import pytest

from app.web.views.api_reference import make_anchor, read_reference

DOCUMENT = {
    "paths": {
        "/api/things/{thing_id}": {
            "patch": {
                "tags": ["things"],
                "summary": "Change a thing.",
                "description": "What is not\ngiven stays.\n\nMore.",
                "parameters": [
                    {"name": "dry", "in": "query", "schema": {"type": "boolean", "default": True}},
                    {
                        "name": "thing_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 1},
                    },
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}
                },
                "responses": {
                    "200": {
                        "description": "Successful Response",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/T"}}
                        },
                    },
                    "204": {"description": "Nothing."},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "T": {
                "description": "A thing.",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
            },
            "Kind": {"enum": ["a", "b"]},
            "Body_form": {"properties": {}},
        }
    },
}


@pytest.fixture
def reference():
    return read_reference(DOCUMENT, "http://here", has_token=True)


def test_an_endpoint_tells_what_it_takes_and_answers(reference):
    [group] = reference.groups
    [endpoint] = group.endpoints

    assert (group.name, endpoint.method, endpoint.summary) == ("things", "PATCH", "Change a thing.")
    assert endpoint.paragraphs == ["What is not given stays.", "More."]
    assert [(field.name, field.type_name, field.default) for field in endpoint.parameters] == [
        ("thing_id", "whole number from 1", ""),
        ("dry", "true or false", "true"),
    ]
    assert [field.name for field in endpoint.body.fields] == ["name", "size"]
    assert [(a.status, a.text, a.type_name, a.object_name) for a in endpoint.answers] == [
        ("200", "Done.", "T", "T"),
        ("204", "Nothing.", "", ""),
    ]


def test_a_search_looks_through_names_and_sentences(reference):
    words = reference.groups[0].endpoints[0].words

    assert "patch /api/things" in words
    assert "change a thing" in words
    assert "size" in words


def test_objects_are_listed_without_the_bodies_of_forms(reference):
    assert [(one.name, one.values) for one in reference.objects] == [
        ("Kind", '"a", "b"'),
        ("T", ""),
    ]


def test_an_anchor_is_made_of_method_and_path():
    assert make_anchor("get", "/api/things/{thing_id}/parts") == "get-api-things-thing_id-parts"
