"""Each error that a provider is known to give before the stream can be had, in its form."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from fake_openai import FakeOpenAI, Status, faults
from support import errors_page
from support.error_cases import CASES, KEYS, KNOWN, Case
from support.openai_client import Raw, ask, chat

DIRECTORY = os.environ.get("STEADYSTREAM_RECORDINGS")
recorded = pytest.mark.skipif(not DIRECTORY, reason="STEADYSTREAM_RECORDINGS names no directory")


async def brought_about(case: Case) -> Raw:
    async with FakeOpenAI(case.dialect, **case.set_up) as fake:
        if case.fault:
            fake.fail(faults.parse(case.fault))
        given: dict[str, Any] = {"method": case.method, "headers": dict(case.headers)}
        for _ in range(case.times - 1):
            await ask(fake, case.body, case.path, **given)
        return await ask(fake, case.body, case.path, **given)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.dialect}-{case.how}-{case.path}")
async def test_an_error_has_the_status_type_and_words_of_its_provider(case: Case) -> None:
    raw = await brought_about(case)

    assert (raw.status, raw.headers["content-type"]) == (case.status, case.type)
    assert case.says in raw.body.decode()
    for name, value in case.told.items():
        assert raw.headers[name].startswith(value)


def test_the_page_of_errors_is_up_to_date() -> None:
    assert errors_page.FILE.read_text(encoding="utf-8") == errors_page.page(), (
        "written anew by: cd tests && python -m support.errors_page"
    )


@pytest.mark.parametrize("status", [502, 520, 524])
async def test_a_page_of_cloudflare_is_as_long_as_such_pages_are_and_has_no_headers_of_the_api(
    status: int,
) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(status))
        raw = await ask(fake, chat())

    assert 5_000 < len(raw.body) < 8_000
    ray = raw.headers["cf-ray"].partition("-")[0]
    assert ray in raw.body.decode()
    assert "openai-version" not in raw.headers


async def test_a_gateway_that_is_not_cloudflare_has_a_page_of_its_own() -> None:
    async with FakeOpenAI("azure") as fake:
        fake.fail(Status(502))
        raw = await ask(fake, chat())

    assert raw.headers["server"] == "nginx"
    assert b"<h1>502 Bad Gateway</h1>" in raw.body


async def test_openrouter_pads_an_error_that_says_all_is_well() -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.fail(faults.parse("error200:error=502"))
        raw = await ask(fake, chat(stream=False))

    assert raw.body[:1].isspace()
    assert (raw.status, raw.json()["error"]["code"]) == (200, 502)


async def test_the_request_id_that_an_error_tells_is_that_of_the_header() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(500))
        raw = await ask(fake, chat())

    told = re.search(r"req_[0-9a-f]{32}", raw.json()["error"]["message"])
    assert told is not None
    assert told[0] == raw.headers["x-request-id"]


async def test_a_limit_that_time_does_not_lift_names_no_time() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(429, case="quota"))
        raw = await ask(fake, chat())

    assert "retry-after" not in raw.headers


async def test_a_case_can_be_asked_for_by_the_name_of_the_model() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(model="fake-429-case-quota"))

    assert (raw.status, raw.json()["error"]["code"]) == (429, "insufficient_quota")


@pytest.mark.parametrize(
    ("status", "case", "told"),
    [
        (429, "quotas", r"case of Status\(429\) must be one of .* did you mean quota"),
        (400, "quota", r"case of Status\(400\) must be one of context, "),
        (404, "quota", "status 404 has no cases, got 'quota'"),
    ],
)
def test_a_case_that_the_status_does_not_have_is_refused(status: int, case: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Status(status, case=case)


@pytest.mark.parametrize("type", ["application/json", "application/json; charset=utf-8", ""])
async def test_json_is_taken_by_its_name_or_without_one(type: str) -> None:
    async with FakeOpenAI() as fake:
        assert (await ask(fake, chat(), headers={"Content-Type": type})).status == 200


async def test_azure_needs_no_version_below_v1() -> None:
    async with FakeOpenAI("azure") as fake:
        assert (await ask(fake, chat(), "/openai/v1/chat/completions")).status == 200


SEEN: list[dict[str, Any]] = (
    json.loads((Path(DIRECTORY) / "errors.json").read_text())["errors"] if DIRECTORY else []
)
NAMES = {"azure-openai": "azure", "azure-ai": "azure"}
MODELS = [
    one
    for one in SEEN
    if one["provider"] in ("openai", "groq")
    and one["body"]["error"].get("code") == "model_not_found"
]
WRONG_KEYS = [
    one
    for one in SEEN
    if one["status"] == 401 and one["provider"] in ("openai", "deepseek", "azure-openai")
]


async def again(one: dict[str, Any], set_up: dict[str, Any], key: str = "sk-test") -> Raw:
    path: str = one["path"]
    dialect = NAMES.get(one["provider"]) or str(one["provider"])
    model = one["request"]["model"]
    body = {"model": model, "input": "x", "prompt": "x"} if "chat" not in path else {"model": model}
    if path.endswith(("embeddings", "responses")):
        del body["prompt"]
    elif "chat" in path:
        body["messages"] = [{"role": "user", "content": "x"}]  # type: ignore[assignment]
    else:
        del body["input"]
    if dialect == "azure":
        path += "?api-version=2024-10-21"
    async with FakeOpenAI(dialect, **set_up) as fake:
        return await ask(fake, body, path, headers={"Authorization": f"Bearer {key}"})


@recorded
@pytest.mark.parametrize("one", MODELS, ids=lambda one: f"{one['provider']}{one['path']}")
async def test_an_unknown_model_is_refused_as_recorded(one: dict[str, Any]) -> None:
    raw = await again(one, KNOWN)

    assert (raw.status, raw.json()) == (one["status"], one["body"])
    assert raw.headers["content-type"] == one["headers"]["content-type"]


@recorded
@pytest.mark.parametrize("one", WRONG_KEYS, ids=lambda one: f"{one['provider']}{one['path']}")
async def test_a_wrong_key_is_refused_as_recorded(one: dict[str, Any]) -> None:
    said = one["body"]["error"]["message"]
    shown = re.search(r"(?:provided: |api key: )(\S+?)(?:\. You| is)", said)
    key = shown[1].replace("*", "x") if shown else "bad"

    raw = await again(one, KEYS, key)

    assert (raw.status, raw.json()) == (one["status"], one["body"])


@recorded
def test_recorded_errors_were_found_to_compare_with() -> None:
    assert len(MODELS) > 5
    assert len(WRONG_KEYS) > 5
