from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai.inventing import schema

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["value", "children", "next"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}

LEAVES = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda low, span, kind: {"type": kind, "minimum": low, "maximum": low + span},
        st.integers(-50, 50),
        st.integers(0, 20),
        st.sampled_from(["integer", "number"]),
    ),
    st.builds(lambda step: {"type": "integer", "multipleOf": step}, st.integers(1, 9)),
    st.builds(
        lambda low, span: {"type": "string", "minLength": low, "maxLength": low + span},
        st.integers(0, 30),
        st.integers(0, 10),
    ),
    st.builds(lambda values: {"enum": values}, st.lists(st.integers() | st.text(), min_size=1)),
    st.builds(
        lambda form: {"type": "string", "format": form},
        st.sampled_from(["date", "date-time", "email", "uuid", "ipv4", "ipv6"]),
    ),
    st.sampled_from([r"^[a-z]{3}-\d{2,4}$", r"^(red|green)(\s\w+)?$", r"[^abc]x+"]).map(
        lambda pattern: {"type": "string", "pattern": pattern}
    ),
)
NAMES = st.sampled_from(["city", "id", "total", "notes", "x"])


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def build(members: dict[str, Any], strict: bool) -> dict[str, Any]:
        made = {"type": "object", "properties": members, "additionalProperties": False}
        return {**made, "required": list(members)} if strict else made

    return st.builds(build, st.dictionaries(NAMES, inner, max_size=4), st.booleans())


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        _objects(inner),
        st.builds(
            lambda items, low, span: {
                "type": "array",
                "items": items,
                "minItems": low,
                "maxItems": low + span,
            },
            inner,
            st.integers(0, 4),
            st.integers(0, 3),
        ),
        st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=10,
)


def satisfied(value: Any, wanted: Any) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(wanted, format_checker=checker).validate(value)


@given(SCHEMAS, st.integers(0, 3))
@settings(max_examples=200)
def test_the_value_satisfies_the_schema(wanted: Any, seed: int) -> None:
    satisfied(schema.value(wanted, str(seed)), wanted)


@pytest.mark.parametrize("seed", range(10))
def test_a_recursive_schema_comes_to_an_end(seed: int) -> None:
    satisfied(schema.value(TREE, str(seed)), TREE)


def test_the_same_seed_gives_the_same_value() -> None:
    assert schema.text(TREE, "a") == schema.text(TREE, "a")


def test_another_seed_gives_another_value() -> None:
    assert len({schema.text(TREE, str(seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize(
    "wanted",
    [
        {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 4}]},
        {
            "definitions": {"a": {"type": "string"}},
            "type": "object",
            "properties": {"x": {"$ref": "#/definitions/a", "maxLength": 2}},
            "required": ["x"],
        },
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3},
        {"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": False},
        {"type": "object", "minProperties": 3},
        {"properties": {"a": {"const": 7}}, "required": ["a", "b"]},
        {"oneOf": [{"const": "a"}, {"const": "b"}], "type": "string"},
        {"type": "object", "properties": {"k": {"type": "string"}}, "maxProperties": 1},
        {},
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_each_kind_of_demand_is_met(wanted: Any, seed: int) -> None:
    satisfied(schema.value(wanted, str(seed)), wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        {"type": "strange"},
        {"$ref": "#/nowhere"},
        {"$ref": "#"},
        {"type": "string", "pattern": "(["},
        {"anyOf": []},
        {"type": "object", "properties": 7, "required": "x"},
        {"type": "integer", "minimum": 5, "maximum": 1},
        7,
    ],
)
def test_what_is_no_good_schema_still_gives_a_value(wanted: Any) -> None:
    schema.text(wanted, "s")


def test_hints_are_taken_for_plain_strings() -> None:
    wanted = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

    assert schema.value(wanted, "s", ["Paris"]) == {"city": "Paris"}


def test_members_come_in_the_order_of_the_schema() -> None:
    wanted = {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in ("b", "a", "c")},
        "required": ["a", "b", "c"],
    }

    assert list(schema.value(wanted, "s")) == ["b", "a", "c"]


def test_what_is_hinted_at_is_taken_from_an_enumeration() -> None:
    city = {"enum": ["Rome", "oslo", "Paris"]}
    wanted = {"type": "object", "properties": {"city": city}, "required": ["city"]}

    assert schema.value(wanted, "s", ["Oslo"]) == {"city": "oslo"}
    assert schema.value(wanted, "s", ["Paris"]) == {"city": "Paris"}
