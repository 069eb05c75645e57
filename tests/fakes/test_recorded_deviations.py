"""Known deviations that appeal to recorded streams of OpenAI are to be seen in them.

Needs both: `STEADYSTREAM_RECORDINGS` names the directory of recordings, `STEADYSTREAM_OPENAPI` the
document.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.judge import sdk
from support.judge.openapi import OpenAPI
from support.judge.verdicts import Deviation, entries
from support.judge.violation import Violation
from support.recordings.reading import chunks_of
from support.recordings.shapes import shape

DOCUMENT = os.environ.get("STEADYSTREAM_OPENAPI")
RECORDINGS = os.environ.get("STEADYSTREAM_RECORDINGS")
PATHS = {"chat": "/chat/completions", "completions": "/completions", "responses": "/responses"}
APPEALS = [
    entry for entry in entries() if entry["reason"].startswith("Recorded streams of the API")
]
pytestmark = pytest.mark.skipif(
    not DOCUMENT or not RECORDINGS,
    reason="STEADYSTREAM_OPENAPI and STEADYSTREAM_RECORDINGS do not name both",
)


def recorded() -> dict[tuple[str, str], Any]:
    """Return an event of each shape that OpenAI was seen to send, by its path and its shape."""
    directory = Path(RECORDINGS or "")
    told: dict[tuple[str, str], Any] = {}
    for entry in json.loads((directory / "index.json").read_text())["streams"]:
        if entry["provider"] == "openai" and entry["kind"] in PATHS:
            for event in chunks_of((directory / entry["file"]).read_bytes()):
                told.setdefault((PATHS[entry["kind"]], shape(event)), event)
    return told


@pytest.fixture(scope="module")
def objections() -> set[Violation]:
    document = OpenAPI(Path(DOCUMENT or ""))
    found: set[Violation] = set()
    for (path, _), event in recorded().items():
        for say in (document.judge, sdk.judge):
            found.update(say("POST", path, 200, event, event=True))
    return found


@pytest.mark.parametrize("entry", APPEALS, ids=lambda entry: f"{entry['where']} {entry['paths']}")
def test_what_is_said_to_be_recorded_is(entry: dict[str, Any], objections: set[Violation]) -> None:
    for judge in entry["judges"]:
        told = [
            Deviation(judge, entry["where"], path, entry["says"], entry["reason"])
            for path in entry["paths"]
        ]
        assert any(one.covers(violation) for one in told for violation in objections)


def test_no_objection_to_chats_of_today_but_the_fingerprint(objections: set[Violation]) -> None:
    chats = [one for one in objections if one.where.startswith("POST /chat/")]

    assert {(one.path, one.says) for one in chats} == {
        ("system_fingerprint", "type must be string, got null")
    }
