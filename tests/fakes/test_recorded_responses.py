"""The fake replays recorded streams of the Responses API event by event, in shape.

`STEADYSTREAM_RECORDINGS` names a directory of recorded streams with an `index.json`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import Raw, ask
from support.recordings.reading import chunks_of
from support.recordings.responses import RecordedResponse, recordings

DIRECTORY = os.environ.get("STEADYSTREAM_RECORDINGS")
RECORDINGS = recordings(Path(DIRECTORY)) if DIRECTORY else []
pytestmark = pytest.mark.skipif(not DIRECTORY, reason="STEADYSTREAM_RECORDINGS names no directory")
each = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)


async def replayed(recording: RecordedResponse) -> Raw:
    async with FakeOpenAI(recording.dialect) as fake:
        fake.reply(recording.answer)
        raw = await ask(fake, recording.body, "/v1/responses")
    assert raw.status == 200, raw.body
    return raw


@each
async def test_the_fake_sends_events_of_the_recorded_shapes(recording: RecordedResponse) -> None:
    raw = await replayed(recording)

    assert recording.shapes(chunks_of(raw.body)) == recording.shapes(recording.events)


@each
async def test_the_fake_names_its_events_as_recorded(recording: RecordedResponse) -> None:
    raw = await replayed(recording)

    names = re.findall(r"^event: (.*)$", raw.body.decode(), re.MULTILINE)
    assert set(names) == set(recording.names)
    types = [event["type"] for event in chunks_of(raw.body)]
    assert names == (types if recording.names else [])


def test_streams_of_every_dialect_are_among_the_recordings() -> None:
    assert {one.dialect for one in RECORDINGS} == {"openai", "azure", "deepseek", "openrouter"}
