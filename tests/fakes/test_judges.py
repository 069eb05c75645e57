"""The judges of the fake see what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.judge import sdk
from support.judge.openapi import OpenAPI
from support.judge.verdicts import Deviation, known
from support.judge.violation import Violation

TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "Thing": {
        "type": "object",
        "required": ["id", "kind"],
        "properties": {
            "id": TEXT,
            "kind": {"type": "string", "enum": ["thing"]},
            "size": {"type": "integer", "nullable": True},
            "labels": {"type": "object", "additionalProperties": TEXT},
            "anything": {"type": "object"},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
            "named": {"allOf": [{"$ref": "#/components/schemas/Part"}, {"description": "x"}]},
            "event": {"$ref": "#/components/schemas/Event"},
            "either": {"anyOf": [TEXT, {"type": "null"}]},
        },
    },
    "Part": {"type": "object", "properties": {"name": TEXT}},
    "Event": {
        "anyOf": [{"$ref": "#/components/schemas/Born"}, {"$ref": "#/components/schemas/Gone"}],
        "discriminator": {"propertyName": "type"},
    },
    "Born": {
        "type": "object",
        "required": ["type", "at"],
        "properties": {"type": {"type": "string", "enum": ["born"]}, "at": {"type": "integer"}},
    },
    "Gone": {
        "allOf": [
            {"type": "object", "properties": {"type": {"type": "string", "const": "gone"}}},
            {"type": "object", "properties": {"why": TEXT}},
        ]
    },
    "ErrorResponse": {"type": "object", "required": ["error"], "properties": {"error": TEXT}},
}
REPLIES = {
    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
}
THING = {"id": "1", "kind": "thing"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> OpenAPI:
    path = tmp_path_factory.mktemp("openapi") / "document.json"
    paths = {"/things": {"post": {"responses": REPLIES}}}
    path.write_text(json.dumps({"paths": paths, "components": {"schemas": SCHEMAS}}))
    return OpenAPI(path)


def said(document: OpenAPI, value: Any, status: int = 200) -> list[str]:
    judged = document.judge("POST", "/things", status, value)
    assert {violation.where for violation in judged} <= {f"POST /things {status}"}
    return [f"{violation.path}: {violation.says}" for violation in judged]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"size": None},
        {"size": 1},
        {"labels": {"a": "b"}},
        {"anything": {"a": [1]}},
        {"parts": [{"name": "a"}, {}]},
        {"named": {"name": "a"}},
        {"event": {"type": "born", "at": 1}},
        {"event": {"type": "gone", "why": "x"}},
        {"either": None},
    ],
)
def test_the_document_has_no_objection_to_what_it_describes(
    document: OpenAPI, more: dict[str, Any]
) -> None:
    assert said(document, {**THING, **more}) == []


@pytest.mark.parametrize(
    ("more", "objection"),
    [
        ({"colour": 1}, "colour: unknown member"),
        ({"kind": "being"}, "kind: enum must be ['thing'], got \"being\""),
        ({"size": "1"}, 'size: type must be integer, got "1"'),
        ({"id": None}, "id: type must be string, got null"),
        ({"labels": {"a": 1}}, "labels.a: type must be string, got 1"),
        ({"parts": [{}, {"x": 1}]}, "parts[].x: unknown member"),
        ({"named": {"x": 1}}, "named.x: unknown member"),
        ({"event": {"type": "born"}}, "event: 'at' is a required property"),
        ({"event": {"type": "lost"}}, "event.type: enum must be ['born', 'gone'], got \"lost\""),
        ({"event": {"type": "gone", "x": 1}}, "event.x: unknown member"),
        ({"either": 1}, "either: type must be string, got 1"),
    ],
)
def test_the_document_objects_to(document: OpenAPI, more: dict[str, Any], objection: str) -> None:
    assert objection in said(document, {**THING, **more})


def test_one_wrong_member_does_not_make_others_unknown(document: OpenAPI) -> None:
    event = {"type": "gone", "why": 1, "x": 1}

    assert said(document, {**THING, "kind": "being", "event": event, "colour": 1}) == [
        "colour: unknown member",
        "event.why: type must be string, got 1",
        "event.x: unknown member",
        "kind: enum must be ['thing'], got \"being\"",
    ]


def test_the_document_judges_errors_of_every_status(document: OpenAPI) -> None:
    assert said(document, {"error": "x"}, 418) == []
    assert said(document, {}, 418) == [": 'error' is a required property"]


MODEL = {"id": "m", "object": "model", "created": 1, "owned_by": "me"}
CHUNK: dict[str, Any] = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}],
}


def sdk_said(path: str, value: Any, status: int = 200, **more: Any) -> list[str]:
    judged = sdk.judge("POST" if more else "GET", path, status, value, **more)
    return [f"{violation.path}: {violation.says}" for violation in judged]


def test_the_sdk_has_no_objection_to_what_it_models() -> None:
    assert sdk_said("/models/{model}", MODEL) == []
    assert sdk_said("/chat/completions", CHUNK, event=True) == []
    assert sdk_said("/models", {"data": [MODEL]}) == []


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"colour": 1}, "colour: unknown member"),
        ({"created": "1"}, "created: Input should be a valid integer"),
        ({"object": "chunk"}, "object: Input should be 'chat.completion.chunk'"),
        ({"model": None}, "model: Input should be a valid string"),
        (
            {"choices": [{**CHUNK["choices"][0], "delta": {"contents": "hi"}}]},
            "choices[].delta.contents: unknown member",
        ),
    ],
)
def test_the_sdk_objects_to(change: dict[str, Any], objection: str) -> None:
    assert sdk_said("/chat/completions", {**CHUNK, **change}, event=True) == [objection]


def test_the_sdk_objects_only_as_the_model_that_was_meant() -> None:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": None}
    event = {"type": "response.output_item.added", "item": item}

    assert sdk_said(
        "/responses", {**event, "output_index": 0, "sequence_number": 1}, event=True
    ) == [
        "item.arguments: Input should be a valid string",
    ]


def test_the_sdk_objects_to_what_is_missing() -> None:
    assert sdk_said("/models", {"data": [{**MODEL, "x": 1}, {"id": "m"}]}) == [
        "data[].created: Field required",
        "data[].object: Field required",
        "data[].owned_by: Field required",
        "data[].x: unknown member",
    ]


def test_the_sdk_objects_to_an_error_without_its_members() -> None:
    error = {"message": "m", "type": "t", "param": None, "code": None}

    assert sdk_said("/models", {"error": error}, 400) == []
    assert sdk_said("/models", {"error": {**error, "more": 1}}, 400) == [
        "error.more: unknown member"
    ]
    assert sdk_said("/models", {"error": {"message": "m"}}, 400) == ["error.type: Field required"]


def test_a_deviation_covers_what_its_patterns_match_and_no_more() -> None:
    deviation = Deviation("sdk", "POST /x *", "a[].*", "unknown member", "why")

    assert deviation.covers(Violation("sdk", "POST /x 200", "a[].b", "unknown member"))
    assert not deviation.covers(Violation("openapi", "POST /x 200", "a[].b", "unknown member"))
    assert not deviation.covers(Violation("sdk", "POST /x 200", "a.b", "unknown member"))
    assert not deviation.covers(Violation("sdk", "POST /x 200", "a[].b", "Field required"))


def test_every_known_deviation_says_why() -> None:
    told = [*known("openapi"), *known("sdk"), *known("wire")]

    assert all(len(deviation.reason) > 30 for deviation in told)


def test_the_path_of_a_request_is_found_in_the_table() -> None:
    assert sdk.template("/v1/models/gpt-4o") == "/models/{model}"
    assert sdk.template("/v1/responses/resp_1/input_items?limit=2") == (
        "/responses/{response_id}/input_items"
    )
    with pytest.raises(LookupError, match="there is no model for /v1/unknown"):
        sdk.template("/v1/unknown")
