from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import Raw, ask, chat


async def told(model: str, dialect: str = "openai", **more: Any) -> Raw:
    async with FakeOpenAI(dialect) as fake:
        return await ask(fake, chat(model=model, **more))


def unsupported(name: str, instead: str = "") -> str:
    return f"Unsupported parameter: '{name}' is not supported with this model.{instead}"


def value(name: str, value: Any) -> str:
    return (
        f"Unsupported value: '{name}' does not support {value} with this model."
        " Only the default (1) value is supported."
    )


@pytest.mark.parametrize("model", ["o3", "o4-mini", "gpt-5", "gpt-5-mini"])
@pytest.mark.parametrize(
    ("name", "given", "message", "code"),
    [
        (
            "max_tokens",
            5,
            unsupported("max_tokens", " Use 'max_completion_tokens' instead."),
            "unsupported_parameter",
        ),
        ("stop", "x", unsupported("stop"), "unsupported_parameter"),
        ("logprobs", True, unsupported("logprobs"), "unsupported_parameter"),
        ("presence_penalty", 1, unsupported("presence_penalty"), "unsupported_parameter"),
        ("logit_bias", {"1": 1}, unsupported("logit_bias"), "unsupported_parameter"),
        ("temperature", 0.2, value("temperature", 0.2), "unsupported_value"),
        ("top_p", 0.5, value("top_p", 0.5), "unsupported_value"),
    ],
)
async def test_models_that_reason_refuse_what_they_do_not_have(
    model: str, name: str, given: Any, message: str, code: str
) -> None:
    raw = await told(model, **{name: given})

    error = raw.json()["error"]
    assert (raw.status, error["message"], error["code"]) == (400, message, code)
    assert error["param"] == name


@pytest.mark.parametrize("name", ["temperature", "top_p", "n", "max_completion_tokens"])
async def test_models_that_reason_accept_the_usual_value(name: str) -> None:
    assert (await told("o3", **{name: 1})).status == 200


async def test_a_model_that_need_not_reason_has_a_temperature_then() -> None:
    assert (await told("gpt-5.2", reasoning_effort="none", temperature=0.2)).status == 200
    assert (await told("gpt-5.2", reasoning_effort="high", temperature=0.2)).status == 400


async def test_a_model_that_does_not_reason_does_not_know_the_effort() -> None:
    error = (await told("gpt-4o", reasoning_effort="low")).json()["error"]

    assert error["message"] == "Unrecognized request argument supplied: reasoning_effort"


@pytest.mark.parametrize(
    ("model", "effort", "known"),
    [
        ("o3", "minimal", "'low', 'medium', and 'high'"),
        ("gpt-5", "none", "'minimal', 'low', 'medium', and 'high'"),
        ("gpt-5.1", "minimal", "'none', 'low', 'medium', and 'high'"),
    ],
)
async def test_an_effort_the_model_does_not_know_is_refused(
    model: str, effort: str, known: str
) -> None:
    error = (await told(model, reasoning_effort=effort)).json()["error"]

    assert error["message"] == (
        f"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model."
        f" Supported values are: {known}."
    )


async def test_newer_models_give_fewer_choices() -> None:
    error = (await told("gpt-5", n=9)).json()["error"]

    assert error["message"].endswith("Expected a value <= 8, but got 9 instead.")


async def test_only_search_models_take_options_for_a_search() -> None:
    assert (await told("gpt-4o-search-preview", web_search_options={})).status == 200
    error = (await told("gpt-4o", web_search_options={})).json()["error"]
    assert error["message"] == "Web search options not supported with this model."


@pytest.mark.parametrize("dialect", ["vllm", "openrouter", "groq", "mistral"])
async def test_other_providers_drop_what_a_model_cannot_do(dialect: str) -> None:
    raw = await told("openai/gpt-5", dialect, temperature=0.2, max_tokens=5)

    assert raw.status == 200


async def test_a_model_nobody_knows_refuses_nothing() -> None:
    raw = await told("mine", temperature=0.2, max_tokens=10**9, reasoning_effort="low")

    assert raw.status == 200


LONG = "word " * 9000
CONTEXT = "This model's maximum context length is 8192 tokens. However, "


@pytest.mark.parametrize(
    ("model", "more", "message"),
    [
        (
            "gpt-4",
            {},
            (
                f"{CONTEXT}your messages resulted in 9004 tokens."
                " Please reduce the length of the messages."
            ),
        ),
        (
            "gpt-4",
            {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 8192},
            (
                f"{CONTEXT}you requested 8196 tokens (4 in the messages, 8192 in the completion)."
                " Please reduce the length of the messages or completion."
            ),
        ),
    ],
)
async def test_what_does_not_fit_into_the_context_is_refused(
    model: str, more: dict[str, Any], message: str
) -> None:
    raw = await told(model, **{"messages": [{"role": "user", "content": LONG}], **more})

    error = raw.json()["error"]
    assert (raw.status, error["message"]) == (400, message)
    assert (error["param"], error["code"]) == ("messages", "context_length_exceeded")


async def test_newer_models_speak_of_input_tokens() -> None:
    content = "word " * 272_001
    raw = await told("gpt-5", messages=[{"role": "user", "content": content}])

    error = raw.json()["error"]
    assert error["code"] == "context_length_exceeded"
    assert error["message"].startswith("Input tokens exceed the configured limit of 272000 tokens.")


async def test_an_answer_may_not_be_longer_than_the_model_can_make_it() -> None:
    error = (await told("gpt-4o", max_tokens=100_000)).json()["error"]

    assert error["message"] == (
        "max_tokens is too large: 100000. This model supports at most 16384 completion tokens,"
        " whereas you provided 100000."
    )
    assert error["param"] == "max_tokens"


async def test_a_request_that_is_refused_uses_up_no_script() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("scripted", times=1)
        await ask(fake, chat(model="gpt-4", messages=[{"role": "user", "content": LONG}]))
        raw = await ask(fake, chat())

    assert raw.text == "scripted"
