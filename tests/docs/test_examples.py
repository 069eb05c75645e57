"""Every example of the documentation does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from docs.pages import Page, every_page, pages_for

PAGES = pages_for(None)
PASTED = [page for page in every_page() if "python -m asyncio" in page.text]
COMMANDS = re.compile(r"^\$ (?P<program>fake-openai|steadystream)(?P<rest>[^#\n]*)", re.MULTILINE)
MODULES = {"fake-openai": "fake_openai", "steadystream": "steadystream"}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_the_examples_of_a_page_run(page: Page, tmp_path: Path) -> None:
    await page.run(tmp_path)


@pytest.mark.parametrize("page", PASTED, ids=lambda page: page.name)
def test_the_examples_of_a_page_can_be_pasted_into_a_prompt(page: Page) -> None:
    page.paste()


def _commands() -> list[tuple[str, str, str]]:
    """Return (place, program, arguments) of every call of our programs that a page shows."""
    found = []
    for page in every_page():
        for block in page.blocks("console"):
            for call in COMMANDS.finditer(block.source):
                line = block.line + block.source[: call.start()].count("\n")
                found.append((f"{page.name}:{line}", call["program"], call["rest"].strip()))
    return found


@cache
def _help(program: str, command: str) -> str:
    asked = [command, "--help"] if command else ["--help"]
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", MODULES[program], *asked],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "PATH": ""},
    ).stdout


@pytest.mark.slow
@pytest.mark.parametrize(("place", "program", "arguments"), _commands())
def test_the_options_of_a_shown_command_exist(place: str, program: str, arguments: str) -> None:
    words = arguments.split()
    command = words[0] if words and not words[0].startswith("-") else ""
    told = _help(program, command)

    for option in re.findall(r"(?<!\S)--[a-z-]+", arguments):
        assert re.search(rf"{option}\b", told), f"{place}: {program} {command} has no {option}"


async def _fails_with(text: str, tmp_path: Path) -> str:
    with pytest.raises(AssertionError) as failed:
        await Page("page.md", text).run(tmp_path)
    return str(failed.value)


async def test_an_example_that_fails_is_named_by_page_and_line(tmp_path: Path) -> None:
    first = "```python\nfrom asyncio import sleep\na = 1\n```\n"
    second = "```python\nawait sleep(0)\na / 0\n```\n"

    failed = await _fails_with(f"# Title\n\n{first}\n{second}", tmp_path)

    assert failed == "page.md:10: ZeroDivisionError('division by zero')"


async def test_an_example_that_is_no_python_is_named_by_page_and_line(tmp_path: Path) -> None:
    assert (await _fails_with("One.\n\n```python\na = = 1\n```\n", tmp_path)).startswith(
        "page.md:4:"
    )


@pytest.mark.slow
async def test_a_block_for_pytest_that_fails_is_named_by_page_and_line(tmp_path: Path) -> None:
    text = "```python\n# test\ndef test_sum() -> None:\n    assert 1 + 1 == 3\n```\n"

    failed = await _fails_with(text, tmp_path)

    assert failed.startswith("page.md:2: pytest failed")
    assert "assert (1 + 1) == 3" in failed


def test_what_no_prompt_can_take_is_named_by_its_line() -> None:
    text = "# Title\n\n```python\nif True:\n    a = 1\nb = 2\n```\n"

    with pytest.raises(SyntaxError) as refused:
        Page("page.md", text).paste()

    assert (refused.value.filename, refused.value.lineno) == ("page.md", 6)


def test_a_page_that_needs_more_says_so() -> None:
    page = Page("page.md", "# Title\n\n<!-- runs with: litellm -->\n\nWords.\n")

    assert page.runs_with == "litellm"
