from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Boundaries, Chance, CommentFlood, Cut, Fault, Stall, Status, faults
from fake_openai.faults import KINDS, from_json, parse, several, to_text
from support.faults import FAULTS, of_kind

SCHEMA = jsonschema.Draft202012Validator(faults.schema())


@pytest.mark.slow
@given(FAULTS)
@settings(max_examples=60)
def test_a_fault_comes_back_from_its_json(fault: Fault) -> None:
    assert from_json(json.loads(json.dumps(fault.to_json()))) == fault


@pytest.mark.slow
@given(st.lists(FAULTS, min_size=1, max_size=3))
@settings(max_examples=60)
def test_faults_come_back_from_their_text(several_faults: list[Fault]) -> None:
    assert parse(to_text(several_faults)) == tuple(several_faults)


@pytest.mark.slow
@given(FAULTS)
@settings(max_examples=60)
def test_the_json_of_a_fault_satisfies_the_schema(fault: Fault) -> None:
    SCHEMA.validate(json.loads(json.dumps(fault.to_json())))


@pytest.mark.slow
@given(FAULTS)
@settings(max_examples=60)
def test_what_a_fault_shows_makes_it_again(fault: Fault) -> None:
    names = {kind.fault.__name__: kind.fault for kind in KINDS.values()}

    assert eval(repr(fault), {**names, "Chance": Chance, "inf": math.inf}) == fault  # noqa: S307


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_can_be_drawn(name: str) -> None:
    assert of_kind(name) is not None


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_fault_and_every_argument_says_what_it_means(kind: faults.kinds.Kind) -> None:
    assert kind.text.endswith((".", ":"))
    assert [a.name for a in kind.arguments.values() if not a.text] == []
    assert {a.name for a in kind.arguments.values()} == {f.name for f in fields(kind.fault)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut:after=3", (Cut(after=3),)),
        ("stall:after=3,seconds=60", (Stall(after=3, seconds=60),)),
        ("stall:after=3,seconds=inf", (Stall(after=3),)),
        ("stall:at_seconds=1.5,comments=true", (Stall(at_seconds=1.5, comments=True),)),
        ("status:429", (Status(429),)),
        ("status:429,retry_after=1.5", (Status(429, retry_after=1.5),)),
        ('status:503,retry_after="Wed, 21 Oct"', (Status(503, retry_after="Wed, 21 Oct"),)),
        ('status:500,headers={"a": "b"}', (Status(500, headers={"a": "b"}),)),
        ("status:500,body=down", (Status(500, body="down"),)),
        ("comment_flood:3 + cut:after=1", (CommentFlood(3), Cut(after=1))),
        ("cut:each=0.1,probability=0.5", (Chance(Cut(each=0.1), 0.5),)),
        ("boundaries:utf8,bom=true", (Boundaries("utf8", bom=True),)),
        ('boundaries:crlf,newline="\\r\\n"', (Boundaries("crlf", newline="\r\n"),)),
        ("bandwidth:1e+3", (faults.Bandwidth(1000.0),)),
        ('raw_bytes:{"hex": "fffe"},after=1', (faults.RawBytes(b"\xff\xfe", after=1),)),
        ("raw_bytes:abc,after=1", (faults.RawBytes(b"abc", after=1),)),
        ("no_done", (faults.NoDone(),)),
    ],
)
def test_text_is_understood(text: str, expected: tuple[Fault, ...]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stal:after=1", "there is no fault 'stal'; did you mean 'stall'?"),
        ("zzz", "there is no fault 'zzz'; there are status, "),
        ("stall:afer=1", "stall has no argument 'afer'; did you mean 'after'?"),
        ("stall:after=1,secs=3", "stall has no argument 'secs'; did you mean 'seconds'?"),
        ("status", "status needs status: HTTP status, 400 or more."),
        ("cut:after=1,after=2", "cut: after is given twice"),
        ("cut:3", "cut: expected name=value, got '3'"),
        ("cut", "Cut needs exactly one of after= (events), at_byte= (bytes), "),
        ("cut:after=", "expected a value at character 11 of 'cut:after=', got the end"),
        ("cut after=1", "expected : or + at character 5 of 'cut after=1', got 'after=1'"),
        ("cut:after=1 x=2", "after of Cut must be a whole number, got '1 x=2'"),
        ("", "expected the name of a fault at character 1 of '', got the end"),
        ("cut:after=1+", "expected the name of a fault at character 13 of"),
        ('status:500,headers={"a"', "expected JSON at character 20 of"),
        ("cut:after=1,probability=2", "probability of Chance must be above 0 and at most 1, got 2"),
        (
            "nul:where=jsn",
            "where of Nul must be one of json, escaped, line, id, got 'jsn'; did you",
        ),
        ('raw_bytes:{"hex":"f"},after=1', "hex must be pairs of digits 0-9a-f, got 'f'"),
    ],
)
def test_text_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        parse(text)

    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, 'a fault must be an object such as {"kind": "cut"}, got None'),
        ({}, "a fault needs a kind, got nothing"),
        ({"after": 1}, "a fault needs a kind, got after"),
        ({"kind": 3}, "the kind of a fault must be text, got 3"),
        ({"kind": "cutt"}, "there is no fault 'cutt'; did you mean 'cut'?"),
        ({"kind": "cut", "atbyte": 1}, "cut has no argument 'atbyte'; did you mean 'at_byte'?"),
        ({"kind": "cut", "after": "1"}, "after of Cut must be a whole number, got '1'"),
        ({"kind": "cut", "after": True}, "after of Cut must be a whole number, got True"),
        ({"kind": "cut", "after": 1, "probability": "x"}, "probability of Chance must be a number"),
    ],
)
def test_json_that_makes_no_sense_is_refused(value: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        from_json(value)

    assert str(refused.value).startswith(message)


def test_faults_may_be_told_as_text_as_json_or_as_a_list_of_either() -> None:
    told = ["cut:after=1", {"kind": "stall", "after": 2}]

    assert several(told) == (Cut(after=1), Stall(after=2))
    assert several(told[0]) == (Cut(after=1),)
    assert several(told[1]) == (Stall(after=2),)


def test_what_are_no_faults_is_refused() -> None:
    with pytest.raises(TypeError, match="faults must be text, an object or a list of them, got 3"):
        several(3)


def test_the_first_argument_needs_no_name_where_it_needs_none_in_python() -> None:
    named = {
        kind.name: [a.name for a in kind.arguments.values() if a.first] for kind in KINDS.values()
    }

    assert named["status"] == ["status"]
    assert named["stall"] == []
