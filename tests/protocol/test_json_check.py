from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import SpliceMismatch
from steadystream.protocol.json_check import JsonCheck
from steadystream.protocol.json_prefix import JsonPrefix

OBJECT = {"type": "json_object"}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "a", "schema": {"type": "object", "required": ["a"]}},
}

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def is_possible(text: str) -> bool:
    prefix = JsonPrefix()
    prefix.feed(text)
    return prefix.is_possible


@given(values, st.sampled_from([None, 1]), st.booleans(), st.data())
def test_every_beginning_of_json_is_possible(
    value: Any, indent: int | None, ascii_only: bool, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert is_possible(text[: data.draw(st.integers(0, len(text)))])


@given(st.text(alphabet='{}[]",:\\u0a1e-+. \ntrfalsn', max_size=12))
def test_what_parses_is_possible(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        return
    assert is_possible(text)


@pytest.mark.parametrize(
    "text",
    [
        *("}", "{1", "{,", '{"a" 1', '{"a":}', '{"a":1,}', '{"a":1 2', "[1,]", "[1}", "[,"),
        *(
            "tru ",
            "nulL",
            "01 ",
            "1.x",
            "--1 ",
            "- ",
            "1e ",
            '"\n',
            '"\\x',
            '"\\u12g',
            "{} x",
            "{}{",
        ),
        *("Sure", "```json", "[1] 2", '{"a":1}]'),
    ],
)
def test_what_can_never_become_json_is_told_at_once(text: str) -> None:
    assert not is_possible(text)


def test_a_part_that_no_json_goes_on_with_is_refused_before_it_is_delivered() -> None:
    check = JsonCheck('{"a": 1', OBJECT)

    with pytest.raises(SpliceMismatch, match="expected a continuation that goes on with the JSON"):
        check.feed(' {"a": 1}')


def test_an_end_in_the_middle_is_refused() -> None:
    check = JsonCheck('{"a": ', OBJECT)
    check.feed("[1")

    with pytest.raises(SpliceMismatch, match="makes whole JSON"):
        check.close()


def test_whole_json_is_taken() -> None:
    check = JsonCheck('{"a": ', OBJECT)
    check.feed("1}")

    check.close()


def test_json_that_is_not_what_the_schema_says_is_refused() -> None:
    check = JsonCheck('{"', SCHEMA)
    check.feed('b": 1}')

    with pytest.raises(SpliceMismatch, match=r"makes JSON of the schema.*required"):
        check.close()


def test_without_a_validator_only_the_form_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steadystream.protocol.json_check.find_spec", lambda _: None)
    check = JsonCheck('{"', SCHEMA)
    check.feed('b": 1}')

    check.close()


def test_a_schema_that_no_validator_understands_stops_nothing() -> None:
    check = JsonCheck('{"', {"type": "json_schema", "json_schema": {"schema": {"type": 5}}})
    check.feed('b": 1}')

    check.close()
