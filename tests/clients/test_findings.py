"""The page of findings is true: each client still does what it says."""

from __future__ import annotations

import asyncio
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from support.fuzzing.clients import client_of
from support.fuzzing.findings import FINDINGS, Finding

PAGE = (Path(__file__).parents[2] / "docs/explanation/findings.md").read_text()
SEEN = [(found, name) for found in FINDINGS for name in found.seen if "litellm" not in name]
NAMES = sorted({name for _, name in SEEN})

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("found", "name"), SEEN, ids=[f"{name}: {found.title}" for found, name in SEEN]
)
async def test_what_the_page_says_of_a_client_is_seen(found: Finding, name: str) -> None:
    await asyncio.to_thread(found.check, name)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_the_version_that_was_looked_at(name: str) -> None:
    # A newer one may be installed: whether it does the same, the tokens tell.
    package = client_of(name).packages[0]
    named = re.search(rf"{re.escape(package)} (\d+)\.\d+", PAGE)

    assert named
    assert int(named[1]) <= int(version(package).partition(".")[0])


def test_the_page_tells_each_finding_with_its_token_and_no_other() -> None:
    told = re.findall(r"^### (.*)$", PAGE, re.MULTILINE)
    tokens = re.findall(r"--scenario (fake1\S+)", PAGE)

    assert told == [found.title for found in FINDINGS]
    assert tokens == [found.scenario.token for found in FINDINGS]


@pytest.mark.parametrize("found", FINDINGS, ids=lambda found: found.title)
def test_the_page_names_the_clients_of_a_finding(found: Finding) -> None:
    section = PAGE.partition(f"### {found.title}\n")[2].partition("\n### ")[0]

    named = re.search(r"^Seen: (.*?)\.$", section, re.MULTILINE)

    assert named is not None
    assert named[1].replace("`", "").split(", ") == list(found.seen)
