"""Everything the fake sends as OpenAI does, judged by the models of the openai SDK."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import openai
import pytest

from fake_openai.dialects import DIALECTS
from fake_openai.endpoints import ENDPOINTS
from support.judge import sdk
from support.judge.asking import Case, run
from support.judge.catalogue import CASES, REFUSED
from support.judge.verdicts import Verdicts


@pytest.fixture(scope="module")
def models() -> Verdicts:
    return Verdicts("sdk", sdk.judge)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_no_field_is_unknown_missing_or_of_the_wrong_type(
    case: Case, models: Verdicts
) -> None:
    assert await models.unknown(case) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_events_keep_the_rules_of_their_stream(case: Case) -> None:
    assert [str(violation) for told in await run(case) for violation in told.wrong] == []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_the_sdk_reads_errors_as_they_stand(case: Case) -> None:
    (told,) = await run(case)

    request = httpx2.Request(told.ask.method, "http://x" + told.path)
    response = httpx2.Response(told.raw.status, content=told.raw.body, request=request)
    error: Any = openai.OpenAI(api_key="k")._make_status_error_from_response(response)
    sent = told.body["error"]
    assert {name: getattr(error, name) for name in ("type", "param", "code")} == {
        name: sent[name] for name in ("type", "param", "code")
    }
    assert error.body == sent
    assert error.status_code == told.raw.status


def test_every_endpoint_is_in_the_catalogue() -> None:
    asked = [(ask.method, ask.path.partition("?")[0]) for case in CASES for ask in case.asks]

    for endpoint in ENDPOINTS:
        if endpoint.name in DIALECTS["openai"].serves:
            pattern = re.sub(r"\{\w+(\*?)\}", "[^/]+", "/v1" + endpoint.path)
            assert any(m == endpoint.method and re.fullmatch(pattern, p) for m, p in asked), (
                endpoint
            )


@pytest.mark.slow
async def test_every_known_deviation_still_occurs(models: Verdicts) -> None:
    assert await models.gone(CASES) == []
