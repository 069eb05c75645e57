"""Everything the fake sends as OpenAI does, judged by the OpenAPI document that OpenAI publishes.

`STEADYSTREAM_OPENAPI` names the document, a JSON file. Without it the models of the SDK judge
alone, in `test_sdk_models.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.judge.asking import Case
from support.judge.catalogue import CASES
from support.judge.openapi import OpenAPI
from support.judge.verdicts import Verdicts

PATH = os.environ.get("STEADYSTREAM_OPENAPI")
pytestmark = pytest.mark.skipif(not PATH, reason="STEADYSTREAM_OPENAPI names no document")


@pytest.fixture(scope="module")
def document() -> Verdicts:
    return Verdicts("openapi", OpenAPI(Path(PATH or "")).judge)


@pytest.mark.parametrize("case", CASES if PATH else [], ids=lambda case: case.name)
async def test_every_body_and_event_is_as_documented(case: Case, document: Verdicts) -> None:
    assert await document.unknown(case) == []


@pytest.mark.slow
async def test_every_known_deviation_still_occurs(document: Verdicts) -> None:
    assert await document.gone(CASES) == []
