from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import InvalidRequest
from steadystream.events import Rung
from steadystream.protocol.dialects import DIALECTS, Dialect, as_dialect, dialect_of


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1/chat/completions", "openai"),
        ("https://my-resource.openai.azure.com/openai/v1/chat/completions", "azure"),
        ("https://api.deepseek.com/chat/completions", "deepseek"),
        ("https://api.mistral.ai/v1/chat/completions", "mistral"),
        ("https://codestral.mistral.ai/v1/chat/completions", "mistral"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions", "qwen"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions", "qwen"),
        ("https://api.moonshot.ai/v1/chat/completions", "kimi"),
        ("https://api.moonshot.cn/v1/chat/completions", "kimi"),
        ("https://api.groq.com/openai/v1/chat/completions", "groq"),
        ("https://openrouter.ai/api/v1/chat/completions", "openrouter"),
        ("https://api.x.ai/v1/chat/completions", "xai"),
        ("https://api.perplexity.ai/chat/completions", "perplexity"),
        ("HTTPS://user:pass@API.DeepSeek.com:443/chat/completions", "deepseek"),
    ],
)
def test_a_known_host_tells_its_dialect(url: str, name: str) -> None:
    assert dialect_of(url).name == name


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/v1/chat/completions",
        "https://api.deepseek.com.evil.example/chat/completions",
        "https://notapi.deepseek.com/chat/completions",
        "https://api-deepseek.com/chat/completions",
        "https://evil-openrouter.ai/api/v1/chat/completions",
        "https://example.com/?https://api.deepseek.com",
        "not a url",
    ],
)
def test_a_host_nobody_knows_is_never_asked_to_continue(url: str) -> None:
    assert dialect_of(url).rung is None


@pytest.mark.parametrize(
    ("url", "continued"),
    [
        ("https://api.deepseek.com/chat/completions", "/beta/chat/completions"),
        ("https://api.deepseek.com/v1/chat/completions", "/beta/chat/completions"),
        ("https://api.deepseek.com/beta/chat/completions", "/beta/chat/completions"),
        ("https://proxy.example/deepseek/v1/chat/completions", "/deepseek/beta/chat/completions"),
    ],
)
def test_deepseek_continues_under_beta(url: str, continued: str) -> None:
    path = DIALECTS["deepseek"].continuation_url(url)

    assert path.removeprefix("https://api.deepseek.com").removeprefix("https://proxy.example") == (
        continued
    )


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "deepseek"])
def test_the_others_continue_where_they_were_asked(name: str) -> None:
    url = "https://host:1/v1/chat/completions?api-version=2#x"

    assert DIALECTS[name].continuation_url(url) == url


@pytest.mark.parametrize(
    "model",
    [
        "anthropic/claude-2.1",
        "anthropic/claude-3-haiku",
        "anthropic/claude-3-haiku-20240307",
        "anthropic/claude-3.7-sonnet:beta",
        "anthropic/claude-sonnet-4",
        "anthropic/claude-sonnet-4.5",
        "anthropic/claude-haiku-4-5",
        "anthropic/claude-opus-4.1",
        "anthropic/claude-opus-4-20250514",
        "Anthropic/Claude-3-Opus",
    ],
)
def test_models_that_take_a_prefill_are_known(model: str) -> None:
    assert DIALECTS["openrouter"].rung_for(model) is Rung.PREFILL


@pytest.mark.parametrize(
    "model",
    [
        "anthropic/claude-opus-4.6",
        "anthropic/claude-opus-4-6",
        "anthropic/claude-sonnet-4.10",
        "anthropic/claude-sonnet-5",
        "anthropic/claude-30",
        "openai/gpt-4o",
        "google/gemini-2.5-flash",
        "",
        None,
        7,
    ],
)
def test_other_models_are_not_asked_to_take_one(model: object) -> None:
    assert DIALECTS["openrouter"].rung_for(model) is None


@given(st.text() | st.none() | st.integers())
def test_a_dialect_for_all_models_does_not_look_at_the_name(model: object) -> None:
    assert DIALECTS["vllm"].rung_for(model) is Rung.EXACT_PREFIX
    assert DIALECTS["openai"].rung_for(model) is None


def test_a_setting_is_a_name_or_a_dialect_or_nothing() -> None:
    own = Dialect(name="mine", rung=Rung.EXACT_PREFIX)

    assert as_dialect("vllm") is DIALECTS["vllm"]
    assert as_dialect(own) is own
    assert as_dialect(None) is None


@pytest.mark.parametrize("value", ["vLLM", "", 7, ["vllm"], {}])
def test_a_dialect_that_does_not_exist_is_refused_with_the_names_of_those_that_do(
    value: object,
) -> None:
    with pytest.raises(InvalidRequest, match=r"dialect must be one of azure, .*, vllm, xai.*got"):
        as_dialect(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", DIALECTS)
def test_every_name_in_the_table_is_its_own(name: str) -> None:
    assert DIALECTS[name].name == name
