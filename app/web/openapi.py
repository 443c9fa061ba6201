"""The OpenAPI document, in which each summary is a sentence."""

from typing import Any

from fastapi import FastAPI

METHODS = ("get", "post", "put", "patch", "delete")  # keys of a path that are operations


class DocumentedApp(FastAPI):
    """An application whose operations are summed up by the first sentences of their docstrings."""

    def openapi(self) -> dict[str, Any]:
        """The document, which is made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for path in document["paths"].values():
                for method, operation in path.items():
                    if method in METHODS:
                        sum_up(operation)
        return super().openapi()


def sum_up(operation: dict[str, Any]) -> None:
    """Make the first sentence of an operation's description its summary."""
    head, _, more = operation.pop("description", "").partition("\n\n")
    sentence, dot, rest = " ".join(head.split()).partition(". ")
    operation["summary"] = sentence + dot.strip()
    paragraphs = [paragraph for paragraph in (rest, more) if paragraph]
    if paragraphs:
        operation["description"] = "\n\n".join(paragraphs)
