"""The API's reference, from its OpenAPI document: what each endpoint takes and answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.web.openapi import METHODS
from app.web.views.api_examples import make_command, make_example
from app.web.views.api_types import (
    ApiField,
    describe_type,
    name_object,
    read_fields,
    show_default,
)

Document = Mapping[str, Any]
LAST_GROUP = "health"  # which few look for


@dataclass(frozen=True)
class Body:
    """What an endpoint is sent. example: JSON, where the body is."""

    media_type: str
    fields: list[ApiField]
    example: str


@dataclass(frozen=True)
class Answer:
    """What an endpoint answers. type_name: of the body; object_name: where it is described."""

    status: str
    text: str
    type_name: str
    object_name: str


@dataclass(frozen=True)
class Endpoint:
    """One operation. words: what the search looks through."""

    method: str
    path: str
    anchor: str
    summary: str
    paragraphs: list[str]
    parameters: list[ApiField]
    body: Body | None
    answers: list[Answer]
    command: str

    @property
    def words(self) -> str:
        """What a search finds it by, in lower case."""
        names = [field.name for field in self.parameters]
        if self.body is not None:
            names += [field.name for field in self.body.fields]
        parts = [self.method, self.path, self.summary, *self.paragraphs, *names]
        return " ".join(parts).lower()


@dataclass(frozen=True)
class EndpointGroup:
    """The endpoints about one thing."""

    name: str
    endpoints: list[Endpoint]


@dataclass(frozen=True)
class ApiObject:
    """An object of the answers or the bodies, or a list of values."""

    name: str
    text: str
    fields: list[ApiField]
    values: str


@dataclass(frozen=True)
class ApiReference:
    """All endpoints, and the objects that they speak of."""

    groups: list[EndpointGroup]
    objects: list[ApiObject]

    @property
    def n_endpoints(self) -> int:
        """How many endpoints there are."""
        return sum(len(group.endpoints) for group in self.groups)


def read_reference(document: Document, address: str, *, has_token: bool) -> ApiReference:
    """The reference of an API that answers at an address, such as http://localhost:8000."""
    groups: dict[str, list[Endpoint]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                endpoint = _read_endpoint(
                    document, path, method, operations[method], address, has_token=has_token
                )
                group = (operations[method].get("tags") or ["other"])[0]
                groups.setdefault(group, []).append(endpoint)
    names = sorted(groups, key=lambda name: name == LAST_GROUP)
    return ApiReference(
        groups=[EndpointGroup(name, groups[name]) for name in names],
        objects=_read_objects(document),
    )


def _read_endpoint(
    document: Document,
    path: str,
    method: str,
    operation: Mapping[str, Any],
    address: str,
    *,
    has_token: bool,
) -> Endpoint:
    body = _read_body(document, operation)
    parameters = [_read_parameter(parameter) for parameter in operation.get("parameters", ())]
    parameters.sort(key=lambda field: not field.is_required)
    return Endpoint(
        method=method.upper(),
        path=path,
        anchor=make_anchor(method, path),
        summary=operation["summary"],
        paragraphs=_split_paragraphs(operation.get("description", "")),
        parameters=parameters,
        body=body,
        answers=_read_answers(operation),
        command=make_command(
            method.upper(),
            address + path,
            body.fields if body is not None and body.media_type != "application/json" else (),
            body.example if body is not None else "",
            has_token=has_token,
        ),
    )


def make_anchor(method: str, path: str) -> str:
    """Where an endpoint stands on the page: get-api-datasets-dataset_id."""
    plain = path.replace("{", "").replace("}", "").strip("/").replace("/", "-")
    return f"{method}-{plain}"


def _split_paragraphs(description: str) -> list[str]:
    paragraphs = [" ".join(part.split()) for part in description.split("\n\n")]
    return [paragraph for paragraph in paragraphs if paragraph]


def _read_parameter(parameter: Mapping[str, Any]) -> ApiField:
    schema = parameter["schema"]
    return ApiField(
        name=parameter["name"],
        type_name=describe_type(schema),
        object_name=name_object(schema),
        is_required=bool(parameter.get("required")),
        default=show_default(schema),
        text=parameter.get("description", ""),
        location=parameter["in"],
    )


def _read_body(document: Document, operation: Mapping[str, Any]) -> Body | None:
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, described in content.items():
        schema = described["schema"]
        example = ""
        if media_type == "application/json":
            examples = [example["value"] for example in described.get("examples", {}).values()]
            chosen = examples[0] if examples else make_example(document, schema)
            example = json.dumps(chosen, indent=2, ensure_ascii=False)
        return Body(media_type, read_fields(document, schema), example)
    return None


def _read_answers(operation: Mapping[str, Any]) -> list[Answer]:
    answers = []
    for status, described in operation["responses"].items():
        type_name = ""
        object_name = ""
        for media_type, content in described.get("content", {}).items():
            schema = content.get("schema")
            type_name = media_type
            if schema:
                type_name = describe_type(schema)
                object_name = name_object(schema)
        text = described.get("description", "")
        if text == "Successful Response":
            text = "Done."
        answers.append(Answer(status, text, type_name, object_name))
    return answers


def _read_objects(document: Document) -> list[ApiObject]:
    """All objects but the bodies of forms, which stand at their endpoints."""
    objects = []
    for name, schema in sorted(document["components"]["schemas"].items()):
        if name.startswith("Body_"):
            continue
        values = _join_values(schema.get("enum", ()))
        text = " ".join(schema.get("description", "").split())
        objects.append(ApiObject(name, text, read_fields(document, schema), values))
    return objects


def _join_values(values: Sequence[Any]) -> str:
    return ", ".join(json.dumps(value) for value in values)
