"""How long prompts and answers may be."""

from __future__ import annotations

from collections.abc import Mapping

from fake_openai import catalogue
from fake_openai.complaints import invalid
from fake_openai.dialect import Dialect

_OPENAI = (
    "This model's maximum context length is {window} tokens. However, your messages resulted in"
    " {prompt} tokens. Please reduce the length of the messages."
)
_BOTH = (
    "This model's maximum context length is {window} tokens. However, you requested {total} tokens"
    " ({prompt} in the messages, {limit} in the completion). Please reduce the length of the"
    " messages or completion."
)
_NEW = (
    "Input tokens exceed the configured limit of {window} tokens. Your messages resulted in"
    " {prompt} tokens. Please reduce the length of the messages."
)
_WORDS: Mapping[str, str] = {
    "deepseek": _BOTH,
    "vllm": (
        "This model's maximum context length is {window} tokens. However, your prompt contains"
        " {prompt} input tokens, which exceeds this limit even without any output tokens."
    ),
    "openrouter": (
        "This endpoint's maximum context length is {window} tokens. However, you requested about"
        " {total} tokens ({prompt} of text input, {limit} in the output). Please reduce the length"
        " of either one."
    ),
}


def check(dialect: Dialect, model: str, prompt: int, limit: int | None, name: str) -> None:
    """Check that a prompt and its answer fit.

    Args:
        dialect: whose words.
        model: the model asked for.
        prompt: tokens of the prompt.
        limit: tokens that the answer may have; None = as many as fit.
        name: of the parameter that says so.

    Raises:
        ApiError: they do not.
    """
    known = catalogue.find(model)
    if known.output is not None and limit is not None and limit > known.output:
        told = f"{name} is too large: {limit}. This model supports at most {known.output}"
        told += f" completion tokens, whereas you provided {limit}."
        if dialect.strict == "all":
            raise invalid(told, name, "invalid_value", "")
    if known.context is None:
        return
    window, words = known.context, _WORDS.get(dialect.name, _OPENAI)
    total = prompt + (limit or 0)
    if known.new and known.output is not None:
        window, total, words = known.context - known.output, prompt, _NEW
    elif prompt <= window and words is _OPENAI:
        words = _BOTH
    if total > window:
        told = words.format(window=window, prompt=prompt, total=total, limit=limit or 0)
        raise invalid(told, "messages", "context_length_exceeded", "")
