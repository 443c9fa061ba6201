"""The first sentence of a docstring sums an operation up."""

from app.web.openapi import DocumentedApp, sum_up


def test_the_first_sentence_is_the_summary_and_the_rest_the_description():
    operation = {"summary": "Get", "description": "Get\n  a thing. Twice.\n\nMore of it."}

    sum_up(operation)

    assert operation == {"summary": "Get a thing.", "description": "Twice.\n\nMore of it."}


def test_a_sentence_alone_leaves_no_description():
    operation = {"summary": "Get", "description": "Get a thing."}

    sum_up(operation)

    assert operation == {"summary": "Get a thing."}


def test_a_document_is_made_once():
    app = DocumentedApp()

    @app.get("/thing")
    def get_thing() -> int:
        """Get a thing. Or none."""
        return 1

    first = app.openapi()

    assert first["paths"]["/thing"]["get"]["summary"] == "Get a thing."
    assert app.openapi() is first
    assert app.openapi()["paths"]["/thing"]["get"]["description"] == "Or none."
