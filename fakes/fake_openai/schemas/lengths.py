"""How long prompts and answers may be."""

from __future__ import annotations

from collections.abc import Mapping

from fake_openai.asking.complaints import invalid
from fake_openai.dialect import Dialect
from fake_openai.errors.errors import ApiError
from fake_openai.inventing import catalogue

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
        " {total} tokens ({prompt} of text input{output}). Please reduce the length of either one,"
        " or use the context-compression plugin to compress your prompt automatically."
    ),
    "ollama": (
        "prompt too long; exceeded max context length by {over} tokens"
        " (ref: 00000000-0000-4000-8000-000000000000)"
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
    if known.new and known.output is not None:
        window = known.context - known.output
        if prompt > window:
            raise _error(_NEW, window, prompt, 0)
    elif prompt + (limit or 0) > known.context:
        raise exceeded(dialect, known.context, prompt, limit or 0)


def exceeded(dialect: Dialect, window: int, prompt: int, limit: int) -> ApiError:
    """Return the refusal of a prompt that does not fit into `window`, with an answer of `limit`."""
    words = _WORDS.get(dialect.name, _OPENAI)
    if prompt <= window and words is _OPENAI:
        words = _BOTH
    error = _error(words, window, prompt, limit)
    if dialect.name == "openrouter":
        earlier = [{"code": 400, "message": error.message}]
        error.extra["metadata"] = {"provider_name": None, "previous_errors": earlier}
    return error


def _error(words: str, window: int, prompt: int, limit: int) -> ApiError:
    total = prompt + limit
    output = f", {limit} in the output" if limit else ""
    told = words.format(
        window=window,
        prompt=prompt,
        total=total,
        limit=limit,
        output=output,
        over=total - window,
    )
    return invalid(told, "messages", "context_length_exceeded", "")
