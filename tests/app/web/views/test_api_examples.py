"""Examples of requests can be sent as they are."""

from app.web.views.api_examples import make_command, make_example
from app.web.views.api_types import ApiField

DOCUMENT = {
    "components": {
        "schemas": {
            "Thing": {
                "required": ["name", "sizes"],
                "properties": {
                    "name": {"type": "string"},
                    "sizes": {"type": "array", "items": {"type": "integer"}},
                    "more": {"type": "string"},
                },
            },
            "Change": {"properties": {"notes": {"type": "string", "examples": ["good"]}}},
        }
    }
}


def test_an_example_has_the_required_fields_or_the_first_one():
    thing = make_example(DOCUMENT, {"$ref": "#/components/schemas/Thing"})
    change = make_example(DOCUMENT, {"$ref": "#/components/schemas/Change"})

    assert thing == {"name": "text", "sizes": [1]}
    assert change == {"notes": "good"}


def test_a_command_names_ids_token_and_body():
    command = make_command("PATCH", "http://here/api/{thing_id}", (), "{}", has_token=True)

    assert command.replace(" \\\n ", "") == (
        'curl -X PATCH http://here/api/1 -H "Authorization: Bearer $FORETUNE_TOKEN" '
        "-H 'Content-Type: application/json' -d '{}'"
    )


def test_a_form_is_sent_with_its_file():
    file = ApiField("file", "file", "", is_required=True, default="", text="")

    assert "-F file=@prices.csv" in make_command(
        "POST", "http://here", (file,), "", has_token=False
    )
