"""Compares what the fake sends with what was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from fake_openai import FakeOpenAI
from support.openai_client import ask

from .reading import Recording, chunks_of
from .shapes import lanes

_FILE = Path(__file__).parent / "variants.json"
Lanes = dict[Any, list[str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A difference that is known.

    Attributes:
        recordings: names of those it is about; `*`, `?` and `[...]` as in names of files.
        reason: where it comes from.
        pattern: of what differs in the shape of a chunk; None = the whole stream does.
        replacement: for it, on both sides.
    """

    recordings: Sequence[str]
    reason: str
    pattern: str | None = None
    replacement: str = ""

    def is_about(self, name: str) -> bool:
        """Say whether a recording is meant."""
        return any(fnmatchcase(name, pattern) for pattern in self.recordings)

    def applied(self, shapes: Lanes) -> Lanes:
        """Return `shapes` without the difference, runs told once."""
        assert self.pattern is not None
        found: Lanes = {}
        for lane, told in shapes.items():
            changed = (re.sub(self.pattern, self.replacement, one) for one in told)
            found[lane] = [one for one, _ in groupby(changed)]
        return found


VARIANTS = [Variant(**entry) for entry in json.loads(_FILE.read_text())]


async def replayed(recording: Recording) -> Lanes:
    """Return the shapes that the fake sends when it replays `recording`."""
    async with FakeOpenAI(recording.dialect) as fake:
        fake.reply(recording.answer)
        raw = await ask(fake, recording.body)
    assert raw.status == 200, raw.body
    return lanes(chunks_of(raw.body))


def differences(
    recording: Recording, shapes: Lanes, variants: Sequence[Variant] = VARIANTS
) -> list[str]:
    """Return the shapes that are on one side only, known differences left out."""
    mine, theirs = shapes, lanes(recording.chunks)
    about = [one for one in variants if one.is_about(recording.name)]
    if mine == theirs or any(one.pattern is None for one in about):
        return []
    for variant in about:
        mine, theirs = variant.applied(mine), variant.applied(theirs)
    if mine == theirs:
        return []
    both = ((f"recorded {k}", theirs.get(k), mine.get(k)) for k in {**theirs, **mine})
    return [f"{k}:\n  {a}\nfake:\n  {b}" for k, a, b in both if a != b]
