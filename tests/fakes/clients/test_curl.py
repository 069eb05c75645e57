"""curl reads the fake as it reads any server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAIThread, Latency, Status
from support.waiting import until

BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
KEY = "sk-of-a-test"
CURL = shutil.which("curl")
PARTIAL = 18  # the exit status of curl for a body that ends too early

pytestmark = pytest.mark.skipif(
    CURL is None and "CI" not in os.environ, reason="curl is not installed"
)


@pytest.fixture
def fake(fake_openai: FakeOpenAIThread) -> FakeOpenAIThread:
    fake_openai.reply("ø 日本 🌊, and more")
    return fake_openai


def words(fake: FakeOpenAIThread, *options: str, **members: Any) -> list[str]:
    assert CURL is not None, "CI needs curl"
    url = fake.base_url + "/chat/completions"
    heads = [f"Authorization: Bearer {KEY}", "Content-Type: application/json"]
    data = json.dumps({**BODY, **members})
    return [
        *(CURL, "--silent", "--no-buffer", "--noproxy", "*", "--max-time", "20", *options, url),
        *(word for head in heads for word in ("--header", head)),
        *("--data", data),
    ]


def curl(fake: FakeOpenAIThread, *options: str, **members: Any) -> subprocess.CompletedProcess[str]:
    asked = words(fake, *options, **members)
    return subprocess.run(asked, capture_output=True, encoding="utf-8", check=False)  # noqa: S603


def text(lines: str) -> str:
    chunks = [json.loads(line[6:]) for line in lines.splitlines() if line.startswith("data: {")]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)


def test_a_stream_is_printed_whole(fake: FakeOpenAIThread) -> None:
    done = curl(fake, stream=True)

    assert done.returncode == 0
    assert text(done.stdout) == "ø 日本 🌊, and more"
    assert done.stdout.endswith("data: [DONE]\n\n")


def test_an_answer_that_is_not_streamed_is_printed_whole(fake: FakeOpenAIThread) -> None:
    answer = json.loads(curl(fake).stdout)

    assert answer["choices"][0]["message"]["content"] == "ø 日本 🌊, and more"


def test_http_1_0_ends_the_stream_with_the_connection(fake: FakeOpenAIThread) -> None:
    done = curl(fake, "--http1.0", "--include", stream=True)

    head, _, body = done.stdout.partition("\n\n")
    assert done.returncode == 0
    assert "transfer-encoding" not in head.lower()
    assert text(body) == "ø 日本 🌊, and more"


def test_a_cut_stream_is_a_partial_file(fake: FakeOpenAIThread) -> None:
    fake.reply("one two three")
    fake.fail(Cut(after=3))

    done = curl(fake, stream=True)

    assert (done.returncode, text(done.stdout)) == (PARTIAL, "one two")


def test_an_error_has_its_status_and_headers(fake: FakeOpenAIThread) -> None:
    fake.fail(Status(429, retry_after=7))

    head, _, body = curl(fake, "--include").stdout.partition("\n\n")

    assert head.startswith("HTTP/1.1 429 ")
    assert "retry-after: 7" in head.lower().splitlines()
    assert json.loads(body)["error"]["code"] == "rate_limit_exceeded"


def test_two_requests_share_a_connection(fake: FakeOpenAIThread) -> None:
    again = ("--write-out", "%{num_connects} ", "--output", os.devnull)
    url = fake.base_url + "/chat/completions"

    counts = curl(fake, *again, *again[2:], url, stream=True).stdout

    assert counts.split() == ["1", "0"]
    assert [received.ended for received in fake.requests] == ["whole", "whole"]


@pytest.mark.slow
def test_the_fake_sees_that_curl_was_ended(fake: FakeOpenAIThread) -> None:
    fake.latency = Latency(between=60)

    with subprocess.Popen(words(fake, stream=True), stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()

    until(lambda: fake.requests[0].ended == "client left")
