"""What the page of fidelity claims is so, and the page is that of the claims."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fake_openai.dialects import DIALECTS
from fake_openai.endpoints import ENDPOINTS as SERVED
from support.fidelity import extract, page, proof
from support.fidelity.claim import Claim, Endpoint
from support.fidelity.claims import ENDPOINTS
from support.judge import sdk
from support.judge.verdicts import entries

DOCUMENT = os.environ.get("STEADYSTREAM_OPENAPI", "")
PARAMETERS = extract.load()
CLAIMS = [
    pytest.param(endpoint, name, claim, id=f"{endpoint.name.split('/', 1)[1]} {name}")
    for endpoint in ENDPOINTS
    for name, claim in endpoint.claims.items()
]


@pytest.mark.parametrize(("endpoint", "name", "claim"), CLAIMS)
async def test_the_effect_of_a_parameter_is_as_claimed(
    endpoint: Endpoint, name: str, claim: Claim
) -> None:
    assert await proof.against_the_effect(endpoint, name, claim) == []


@pytest.mark.parametrize(("endpoint", "name", "claim"), CLAIMS)
async def test_a_wrong_value_is_refused_where_that_is_claimed(
    endpoint: Endpoint, name: str, claim: Claim
) -> None:
    type = PARAMETERS[endpoint.name][name]

    assert await proof.against_the_check(endpoint, name, claim, type) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_there_is_a_claim_for_every_parameter(endpoint: Endpoint) -> None:
    assert set(endpoint.claims) == set(PARAMETERS[endpoint.name])


def test_every_endpoint_with_parameters_that_is_served_has_its_claims() -> None:
    served = {
        f"{one.method} {sdk.template('/v1' + one.path.replace('{id}', 'x'))}"
        for one in SERVED
        if one.name in DIALECTS["openai"].serves
    }

    assert {endpoint.name for endpoint in ENDPOINTS} == served & set(PARAMETERS)


def test_the_page_is_the_one_that_is_generated() -> None:
    assert page.FILE.read_text() == page.page(), "`make fidelity` writes it anew"


def test_the_page_tells_every_deviation_with_its_reason() -> None:
    text = page.FILE.read_text()

    for entry in entries():
        rows = [row for row in text.splitlines() if row.endswith(f"| {entry['reason']} |")]
        [row] = [row for row in rows if row.startswith(f"| `{entry['where']}` |")]
        assert all(f"`{path or '(all)'}`" in row for path in entry["paths"])


@pytest.mark.skipif(not DOCUMENT, reason="STEADYSTREAM_OPENAPI names no document")
def test_the_parameters_are_those_of_the_document() -> None:
    document = json.loads(Path(DOCUMENT).read_text())

    assert extract.load() == extract.extract(document)
