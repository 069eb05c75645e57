"""The reference of the fake names what there is, all of it."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

import fake_openai
from fake_openai import FakeOpenAI, FakeOpenAIThread, Received, faults
from fake_openai.scripts import config
from support import dialects_page, faults_page

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "fake-openai.md").read_text()
FAULTS = {kind.fault.__name__ for kind in faults.KINDS.values()}


def test_the_public_names_are_these() -> None:
    names = {
        "Answer Chance Citation Clock FakeOpenAI FakeOpenAIThread Fault Fixed Latency Limits Load",
        "Lognormal ManualClock Normal Received Recorded Reply ScopedFake Sent ToolCall",
        "Uniform VirtualClock Writes tool_call",
        "Judgement Scenario ScopedFake Sent Verdict tool_call",
    }

    assert set(fake_openai.__all__) == {*" ".join(names).split(), *FAULTS}
    assert all(getattr(fake_openai, name).__name__ == name for name in fake_openai.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        fake_openai.Nothing  # noqa: B018 (looking is the point)


@pytest.mark.parametrize("name", fake_openai.__all__)
def test_every_public_name_is_on_the_page(name: str) -> None:
    assert f"`{name}" in PAGE or name == "Fault" or name in FAULTS


def test_the_page_of_faults_is_that_of_the_faults_there_are() -> None:
    written = faults_page.FILE.read_text()

    assert faults_page.page(written) == written, "cd tests && python -m support.faults_page"


SEEN = faults_page.FILE.read_text().split("## What real servers did")[1].split("\n## ")[0]
SEEN_ROWS = [line.rsplit(" | ", 1)[1] for line in SEEN.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(
    "text", [text for row in SEEN_ROWS for text in re.findall("`([^`]+)`", row)]
)
def test_what_real_servers_did_can_be_asked_for(text: str) -> None:
    asked = faults.parse(text)

    assert faults.parse(faults.to_text(asked)) == asked


def test_every_fault_is_in_a_group_of_the_page() -> None:
    text = faults_page.FILE.read_text()

    assert [name for name in FAULTS if f"| `{name}(" not in text] == []


@pytest.mark.parametrize("field", fields(Received), ids=lambda field: field.name)
def test_every_member_of_the_journal_is_in_the_table(field: object) -> None:
    assert f"`{field.name}`" in PAGE  # type: ignore[attr-defined]


def test_both_servers_take_the_same_arguments_and_offer_the_same_members() -> None:
    def offered(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    one, two = (inspect.signature(kind) for kind in (FakeOpenAI, FakeOpenAIThread))
    assert list(one.parameters.values()) == list(two.parameters.values())
    assert offered(FakeOpenAI) == offered(FakeOpenAIThread)


@pytest.mark.parametrize("name", inspect.signature(FakeOpenAI).parameters)
def test_every_argument_is_in_the_table(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_page_of_dialects_is_up_to_date() -> None:
    assert dialects_page.FILE.read_text(encoding="utf-8") == dialects_page.page(), (
        "written anew by: cd tests && python -m support.dialects_page"
    )


def test_the_schema_of_the_configuration_file_is_up_to_date() -> None:
    path = Path(__file__).parents[2] / "docs" / "reference" / "fake-config.schema.json"

    assert json.loads(path.read_text(encoding="utf-8")) == config.schema(), (
        f"written anew by: fake-openai config-schema > {path.name}"
    )
