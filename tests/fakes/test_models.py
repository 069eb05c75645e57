from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import ask, chat


async def test_any_model_is_accepted_by_itself() -> None:
    async with FakeOpenAI() as fake:
        assert (await ask(fake, chat(model="whatever"))).status == 200


async def test_only_the_models_that_were_given_exist() -> None:
    async with FakeOpenAI(models=["mine", "yours"]) as fake:
        good = await ask(fake, chat(model="mine"))
        bad = await ask(fake, chat(model="gpt-4o"))

    assert (good.status, bad.status) == (200, 404)
    assert bad.json()["error"] == {
        "message": "The model `gpt-4o` does not exist or you do not have access to it.",
        "type": "invalid_request_error",
        "param": None,
        "code": "model_not_found",
    }


async def test_the_models_that_were_given_are_listed() -> None:
    async with FakeOpenAI(models=["mine"]) as fake:
        listed = await ask(fake, b"", "/v1/models", method="GET")
        one = await ask(fake, b"", "/v1/models/mine", method="GET")
        other = await ask(fake, b"", "/v1/models/gpt-4o", method="GET")

    assert [model["id"] for model in listed.json()["data"]] == ["mine"]
    assert (one.status, other.status) == (200, 404)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ("gpt-4o", TypeError, "models must be a list of texts, got 'gpt-4o'"),
        ([7], TypeError, "models: each of them must be text, got 7"),
        ([], ValueError, "models must have at least one text, got none"),
    ],
)
def test_models_of_the_wrong_kind_are_refused(
    wrong: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        FakeOpenAI(models=wrong)


async def test_the_models_may_be_changed_at_any_time() -> None:
    async with FakeOpenAI() as fake:
        fake.models = ["mine"]
        refused = await ask(fake, chat())
        fake.models = None
        accepted = await ask(fake, chat())

    assert (refused.status, accepted.status) == (404, 200)
