from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import Cut, FakeOpenAI, Latency, Reset, Status
from fake_openai.recording import file as files
from fake_openai.recording import redaction
from fake_openai.recording.recorder import Recorder
from support.openai_client import Raw, ask, chat

KEY = "sk-proj-0123456789abcdefghijklmnop"
HEADERS = {"Authorization": f"Bearer {KEY}", "Cookie": "session=abc123"}


class Target:
    """Where `ask` sends a request."""

    def __init__(self, url: str) -> None:
        self.host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
        self.port = int(port)


@asynccontextmanager
async def recorded(upstream: FakeOpenAI, path: Path) -> AsyncIterator[Target]:
    with path.open("w", encoding="utf-8") as file:
        async with Recorder(upstream.base_url, file) as recorder:
            yield Target(recorder.base_url)


async def record(path: Path, *bodies: dict[str, Any], upstream: FakeOpenAI) -> list[Raw]:
    async with recorded(upstream, path) as target:
        return [await ask(target, body, headers=HEADERS) for body in bodies]


async def test_the_recorder_hands_on_what_both_sides_say(tmp_path: Path) -> None:
    async with FakeOpenAI() as upstream:
        direct = await ask(upstream, chat("direct"), headers=HEADERS)
        (through,) = await record(tmp_path / "r", chat("through"), upstream=upstream)

    assert through.status == direct.status
    assert len(through.events) > 3
    assert through.headers["content-type"] == direct.headers["content-type"]


async def test_the_recorder_says_nothing_of_its_own_in_a_request(tmp_path: Path) -> None:
    async with FakeOpenAI() as upstream:
        await ask(upstream, chat("direct"), headers=HEADERS)
        await record(tmp_path / "r", chat("through"), upstream=upstream)

        direct, through = (set(received.headers) for received in upstream.requests)
    assert through - direct == {"accept-encoding"}  # that a recording can be read


async def test_a_replay_says_byte_for_byte_what_was_recorded(tmp_path: Path) -> None:
    async with FakeOpenAI("openrouter", latency=Latency(between=0.002)) as upstream:
        true = await record(tmp_path / "r", chat("a"), chat("b"), upstream=upstream)
    async with FakeOpenAI() as fake:
        fake.replay(tmp_path / "r", speed=0)
        got = [await ask(fake, chat(question)) for question in ("b", "a")]

    assert [raw.body for raw in got] == [true[1].body, true[0].body]
    assert got[0].headers["x-generation-id"] == true[1].headers["x-generation-id"]


async def test_the_times_of_an_answer_are_kept(tmp_path: Path) -> None:
    async with FakeOpenAI(latency=Latency(first_token=0.3)) as upstream:
        await record(tmp_path / "r", chat(), upstream=upstream)

    (exchange,) = files.read(tmp_path / "r")
    assert 0.29 < exchange.at < 1.5
    assert exchange.writes[0].at >= exchange.at


@pytest.mark.parametrize(("fault", "end"), [(Cut(after=3), "cut"), (Reset(after=3), "cut")])
async def test_a_break_is_recorded_and_breaks_again(tmp_path: Path, fault: Any, end: str) -> None:
    async with FakeOpenAI() as upstream:
        upstream.fail(fault)
        (first,) = await record(tmp_path / "r", chat(), upstream=upstream)
    async with FakeOpenAI() as fake:
        fake.replay(tmp_path / "r", speed=0)
        again = await ask(fake, chat())

    assert (first.end, again.end) == (end, end)
    assert again.body == first.body


async def test_an_error_is_recorded_with_its_status(tmp_path: Path) -> None:
    async with FakeOpenAI() as upstream:
        upstream.fail(Status(429, retry_after=3))
        await record(tmp_path / "r", chat(), chat(), upstream=upstream)
    async with FakeOpenAI() as fake:
        fake.replay(tmp_path / "r", speed=0)
        got = [await ask(fake, chat()) for _ in range(3)]

    assert [raw.status for raw in got] == [429, 200, 200]
    assert got[0].headers["retry-after"] == "3"


async def test_faults_strike_a_replay_too(tmp_path: Path) -> None:
    async with FakeOpenAI() as upstream:
        await record(tmp_path / "r", chat(), upstream=upstream)
    async with FakeOpenAI() as fake:
        fake.replay(tmp_path / "r", speed=0)
        fake.fail(Cut(after=2))
        raw = await ask(fake, chat())

    assert (raw.end, len(raw.events)) == ("cut", 2)


async def test_a_request_that_was_not_recorded_is_told_the_difference(tmp_path: Path) -> None:
    async with FakeOpenAI() as upstream:
        await record(tmp_path / "r", chat("a", temperature=0), upstream=upstream)
    async with FakeOpenAI() as fake:
        fake.replay(tmp_path / "r")
        other = await ask(fake, chat("a", temperature=1))
        nowhere = await ask(fake, b"", "/v1/models", method="GET")

    assert other.status == nowhere.status == 404
    assert "temperature: recorded 0, got 1" in other.json()["error"]["message"]
    assert "Recorded are POST /v1/chat/completions" in nowhere.json()["error"]["message"]


async def test_no_key_cookie_or_account_is_in_a_recording(tmp_path: Path) -> None:
    async with FakeOpenAI(api_keys=["another"]) as upstream:
        upstream.reply(f"Your key is {KEY}, of org-AbCdEfGhIjKlMnOpQrStUvWx.")
        (refused,) = await record(tmp_path / "r", chat(KEY, user=KEY), upstream=upstream)
    text = (tmp_path / "r").read_text()

    assert refused.status == 401
    for secret in (KEY, KEY[:12], "abc123", "acme-inc", "proj_", "AbCdEfGhIjKlMnOpQrStUvWx"):
        assert secret not in text.replace("proj_x", ""), secret
    assert text.count("(removed)") >= 2


@given(st.lists(st.binary(max_size=12), max_size=6), st.data())
def test_a_secret_is_found_wherever_the_writes_are_cut(parts: list[bytes], data: Any) -> None:
    whole = b"".join(parts) + b' "sk-abcdefghijklmnop" ' + b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    cleaned = redaction.body(pieces, ())

    assert b"abcdefghijklmnop" not in b"".join(cleaned)
    assert [len(piece) for piece in cleaned] == [len(piece) for piece in pieces]


texts = st.text(max_size=20)
exchanges = st.builds(
    files.Recorded,
    method=st.sampled_from(["GET", "POST"]),
    path=texts,
    query=texts,
    request_headers=st.lists(st.tuples(texts, texts), max_size=2),
    request_body=st.none() | st.binary(max_size=9) | st.dictionaries(texts, texts, max_size=2),
    at=st.integers(0, 9).map(float),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(texts, texts), max_size=2),
    writes=st.lists(
        st.builds(files.Write, st.integers(0, 9).map(float), st.binary(max_size=9)), max_size=3
    ),
    end_at=st.integers(0, 9).map(float),
    end=st.sampled_from(["whole", "cut", "reset", "client left"]),
)


@given(recorded=st.lists(exchanges, max_size=3))
def test_what_is_written_is_read_again(
    recorded: list[files.Recorded], tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("r") / "r"
    lines = [line for n, one in enumerate(recorded) for line in files.lines(n, one)]
    path.write_text(files.head() + "".join(lines), encoding="utf-8")

    assert files.read(path) == recorded


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "expected a recording"),
        ("{}", "expected a recording"),
        ("hello", ":1: expected a JSON object"),
        (files.head() + '{"exchange": 1, "at": 0, "data": "x"}', ":2: not a line of a recording"),
        (files.head(), "has no exchange in it"),
    ],
)
async def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "r").write_text(text)
    fake = FakeOpenAI()

    with pytest.raises(ValueError, match=part):
        fake.replay(tmp_path / "r")


@pytest.mark.parametrize("upstream", ["", "ftp://a", "api.openai.com"])
def test_an_upstream_that_is_no_url_is_refused(upstream: str) -> None:
    with pytest.raises(ValueError, match="upstream must be an http or https URL"):
        Recorder(upstream, io.StringIO())


async def test_an_upstream_that_cannot_be_reached_is_a_bad_gateway(unused_tcp_port: int) -> None:
    file = io.StringIO()
    async with Recorder(f"http://127.0.0.1:{unused_tcp_port}", file) as recorder:
        raw = await ask(Target(recorder.base_url), chat(), headers=HEADERS)

    assert raw.status == 502
    assert file.getvalue().splitlines() == [json.dumps({"fake_openai": "recording", "version": 1})]


async def test_a_client_that_leaves_is_recorded_so(tmp_path: Path) -> None:
    async with FakeOpenAI(latency=Latency(between=0.05)) as upstream:
        async with recorded(upstream, tmp_path / "r") as target, aiohttp.ClientSession() as session:
            url = f"http://{target.host}:{target.port}/v1/chat/completions"
            async with session.post(url, json=chat(), headers=HEADERS) as response:
                await response.content.readany()
                response.close()
            assert await upstream.quiet(2) == 0

    (exchange,) = files.read(tmp_path / "r")
    assert exchange.end == "client left"
