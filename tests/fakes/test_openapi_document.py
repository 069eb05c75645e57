"""Everything the fake sends as OpenAI does, judged by the OpenAPI document that OpenAI publishes.

`STEADYSTREAM_OPENAPI` names the document, a JSON file. Without it the models of the SDK judge
alone, in `test_sdk_models.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.judge.asking import Case, run
from support.judge.catalogue import CASES
from support.judge.openapi import OpenAPI
from support.judge.verdicts import by_openapi, gone, unknown

PATH = os.environ.get("STEADYSTREAM_OPENAPI")
pytestmark = pytest.mark.skipif(not PATH, reason="STEADYSTREAM_OPENAPI names no document")


@pytest.fixture(scope="module")
def document() -> OpenAPI:
    return OpenAPI(Path(PATH or ""))


@pytest.mark.parametrize("case", CASES if PATH else [], ids=lambda case: case.name)
async def test_every_body_and_event_is_as_documented(case: Case, document: OpenAPI) -> None:
    found = [violation for told in await run(case) for violation in by_openapi(document, told)]

    assert unknown(found, "openapi") == []


@pytest.mark.slow
async def test_every_known_deviation_still_occurs(document: OpenAPI) -> None:
    told = [one for case in CASES for one in await run(case)]

    assert gone([v for one in told for v in by_openapi(document, one)], "openapi") == []
