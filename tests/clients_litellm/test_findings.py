"""The page of findings is true of litellm, too."""

from __future__ import annotations

import asyncio
import gc
from importlib.metadata import version
from pathlib import Path

import pytest

from support.fuzzing.findings import FINDINGS, Finding

PAGE = (Path(__file__).parents[2] / "docs/explanation/findings.md").read_text()
SEEN = [(found, name) for found in FINDINGS for name in found.seen if "litellm" in name]

pytestmark = pytest.mark.slow


# An error in the middle of a stream leaves its connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("found", "name"), SEEN, ids=[f"{name}: {found.title}" for found, name in SEEN]
)
async def test_what_the_page_says_of_litellm_is_seen(found: Finding, name: str) -> None:
    await asyncio.to_thread(found.check, name)
    gc.collect()


def test_the_page_names_the_version_that_was_looked_at() -> None:
    assert f"litellm {version('litellm')}" in PAGE
