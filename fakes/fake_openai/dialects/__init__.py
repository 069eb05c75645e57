"""The providers, one a file.

Key order, nulls and the place of usage are those of recorded streams of the providers, or of the
source code of the servers (vLLM, SGLang, Ollama) and the documentation where nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from fake_openai.dialect import Dialect

from . import (
    azure,
    deepseek,
    groq,
    kimi,
    mistral,
    ollama,
    openai,
    openrouter,
    qwen,
    sglang,
    vllm,
)

DIALECTS: Mapping[str, Dialect] = {
    one.DIALECT.name: one.DIALECT
    for one in (
        openai,
        azure,
        deepseek,
        vllm,
        sglang,
        mistral,
        qwen,
        kimi,
        openrouter,
        groq,
        ollama,
    )
}


def find(name: str) -> Dialect:
    """Return the dialect called `name`.

    Raises:
        ValueError: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, got {name!r}") from None
