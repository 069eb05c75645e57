from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAI, Status
from steadystream import (
    Backoff,
    InvalidRequest,
    Profile,
    Retries,
    Rung,
    SteadyClient,
    SteadyStream,
)
from steadystream.aio.profiles import profiles_of

URL = "http://gpu:8000/v1/chat/completions"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.toml"
    path.write_text('[dialects.house]\nrung = "prefill"\n[[profiles]]\ndialect = "house"\n')
    return path


def test_profiles_are_values_or_files_or_several_of_both(file: Path) -> None:
    vllm = Profile(base_url="gpu", dialect="vllm")

    assert profiles_of(None).dialect_of(URL).name == "openai"
    assert profiles_of(vllm).dialect_of(URL).name == "vllm"
    assert profiles_of(file).dialect_of(URL).name == "house"
    assert profiles_of(str(file)).dialect_of(URL).name == "house"
    assert profiles_of([vllm, file]).dialect_of(URL).name == "vllm"
    assert profiles_of((file, vllm)).dialect_of(URL).name == "house"


@pytest.mark.parametrize("given", [7, [7], [None], b"x"])
def test_something_else_is_refused(given: object) -> None:
    with pytest.raises(InvalidRequest, match="profiles must be a Profile, a path, or several"):
        profiles_of(given)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"profiles must name a readable file, got '.*none"):
        SteadyClient("http://gpu", api_key=None, profiles=tmp_path / "none.toml")


def test_a_dialect_of_a_file_may_be_named(file: Path) -> None:
    SteadyClient("http://gpu", api_key=None, profiles=file, dialect="house")
    SteadyStream(profiles=file, dialect="house")

    with pytest.raises(InvalidRequest, match="got 'hous'; did you mean 'house'"):
        SteadyStream(profiles=file, dialect="hous")


TEXT = "One two  three \n\nfour five six seven eight nine ten eleven."
ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Count."}]}
QUICK = Retries(backoff=Backoff(base=0.001))


@pytest.mark.parametrize("dialect", ["vllm", "sglang", "deepseek", "mistral", "qwen", "kimi"])
@pytest.mark.parametrize("after", range(3, 9))
async def test_a_dialect_told_by_a_profile_is_spoken_as_one_that_is_given(
    dialect: str, after: int
) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=after))
        profile = Profile(base_url="^http://127.0.0.1:", model="^m$", dialect=dialect)
        async with SteadyClient(
            fake.base_url, api_key="sk-test-0000", retries=QUICK, profiles=profile
        ) as client:
            async with client.stream(**ASKED, max_tokens=100) as answer:
                await answer.finish()

        assert answer.transcript.text == TEXT
        assert [seam.rung for seam in answer.seams] == [Rung.EXACT_PREFIX]
        assert fake.requests[1].body["max_tokens"] < 100
        assert (
            fake.requests[1].body["messages"][-1]["content"]
            == TEXT[: answer.seams[0].position].rstrip()
        )


async def test_a_model_that_refuses_what_a_profile_says_is_remembered() -> None:
    async with FakeOpenAI("openai") as fake:
        fake.reply(TEXT)
        profile = Profile(base_url="127.0.0.1", rung="prefill")
        async with SteadyClient(
            fake.base_url, api_key="sk-test-0000", retries=QUICK, profiles=profile
        ) as client:
            fake.fail(Cut(after=5), Status(400))
            await client.complete(**ASKED)
            fake.reset()
            fake.reply(TEXT)
            fake.fail(Cut(after=5))
            await client.complete(**ASKED)

        assert [request.status for request in fake.requests] == [200, 200]
        assert fake.requests[1].body["messages"] == ASKED["messages"]
