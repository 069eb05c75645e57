"""The command `llm` takes the fake for the real thing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_openai import Answer, Cut, FakeOpenAIThread, Status, ToolCall

pytestmark = pytest.mark.slow

Llm = Callable[..., subprocess.CompletedProcess[str]]
WEATHER = 'def weather(city: str) -> str:\n    "of a city"\n    return f"rain in {city}"\n'


@pytest.fixture
def llm(fake_openai: FakeOpenAIThread, tmp_path: Path) -> Llm:
    """Return what runs the command, with the fake as its only model of that name."""
    model: dict[str, Any] = {
        "model_id": "fake",
        "model_name": "gpt-4.1",
        "api_base": fake_openai.base_url,
        "supports_schema": True,
        "supports_tools": True,
    }
    # JSON is YAML.
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps([model]), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (what is run stands in the tests)
            [sys.executable, "-m", "llm", *words],
            env={"LLM_USER_PATH": str(tmp_path), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


def ask(*words: str) -> tuple[str, ...]:
    return ("prompt", "Hi", "--model", "fake", "--key", "sk-of-a-test", "--no-log", *words)


@pytest.mark.parametrize("how", [(), ("--no-stream",)], ids=["streamed", "whole"])
def test_the_answer_is_printed(
    fake_openai: FakeOpenAIThread, llm: Llm, how: tuple[str, ...]
) -> None:
    fake_openai.reply("ø 日本 🌊, and more")

    done = llm(*ask(*how))

    assert done.stdout == "ø 日本 🌊, and more\n", done.stderr
    assert fake_openai.requests[0].body["stream"] is not bool(how)


def test_an_object_is_asked_for_by_its_schema(fake_openai: FakeOpenAIThread, llm: Llm) -> None:
    fake_openai.reply('{"city":"Oslo","degrees":7}')

    done = llm(*ask("--schema", "city, degrees int"))

    assert json.loads(done.stdout) == {"city": "Oslo", "degrees": 7}
    assert fake_openai.requests[0].body["response_format"]["type"] == "json_schema"


def test_a_tool_is_run_and_its_result_is_sent_back(fake_openai: FakeOpenAIThread, llm: Llm) -> None:
    fake_openai.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})]), "It rains.")

    done = llm(*ask("--functions", WEATHER))

    assert done.stdout == "It rains.\n", done.stderr
    assert fake_openai.requests[1].body["messages"][-1]["content"] == "rain in Oslo"


def test_usage_is_told(fake_openai: FakeOpenAIThread, llm: Llm) -> None:
    fake_openai.reply("one two three")

    assert "3 output" in llm(*ask("--usage")).stderr


def test_an_error_status_ends_it_with_the_message(fake_openai: FakeOpenAIThread, llm: Llm) -> None:
    fake_openai.fail(Status(400, body={"error": {"message": "not like this"}}))

    done = llm(*ask())

    assert done.returncode == 1
    assert "not like this" in done.stderr


def test_a_cut_stream_ends_it_with_an_error_after_the_text_so_far(
    fake_openai: FakeOpenAIThread, llm: Llm
) -> None:
    fake_openai.reply("one two three")
    fake_openai.fail(Cut(after=3))

    done = llm(*ask())

    assert done.returncode == 1
    assert done.stdout.startswith("one two")
    assert "three" not in done.stdout
