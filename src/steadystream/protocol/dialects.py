"""What each kind of server needs in order to go on with an answer, as data.

Sources: DeepSeek "Chat Prefix Completion (Beta)"; Mistral "Prefix"; vLLM and SGLang
`ChatCompletionRequest.continue_final_message`; llama.cpp server README; Alibaba Model Studio and
Moonshot "Partial mode"; Groq "Prefilling"; OpenRouter "Assistant prefill"; Anthropic "Prefill".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from steadystream.errors import InvalidRequest
from steadystream.events import Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One kind of server.

    Attributes:
        name: as it is given in settings.
        rung: how it continues a partial answer; None = it cannot.
        mark: members added to the partial assistant message.
        switches: members added to the request body.
        path: (pattern, replacement) for the end of the URL path of a continuation, where it has
            one of its own.
        echoes: whether the reply may begin with the text that was handed in.
        models: pattern searched for in the names of models that take a continuation; None = all.
        reasoning: name under which a partial message takes the reasoning before it; None = it takes
            none.
        continues_json: whether an answer in JSON goes on like text; where a grammar is enforced,
            it would start anew.
        asks_usage: whether it takes `stream_options.include_usage`.
        ends_bare: whether it ends whole answers without a finish reason and without `[DONE]`.
        idempotency_header: header by which it knows a request that comes again; None = by none.
    """

    name: str
    rung: Rung | None = None
    mark: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, str] | None = None
    echoes: bool = False
    models: str | None = None
    reasoning: str | None = None
    continues_json: bool = False
    asks_usage: bool = True
    ends_bare: bool = False
    idempotency_header: str | None = None

    def __post_init__(self) -> None:
        if self.rung is not None and self.rung not in {Rung.EXACT_PREFIX, Rung.PREFILL}:
            msg = f"dialect.rung must be exact_prefix, prefill or None, got {self.rung!r}"
            raise InvalidRequest(msg)
        for pattern in (self.models, self.path and self.path[0]):
            try:
                re.compile(pattern or "")
            except re.error as error:
                msg = f"dialect {self.name} needs a valid pattern, got {pattern!r}: {error}"
                raise InvalidRequest(msg) from None

    def rung_for(self, model: object) -> Rung | None:
        """Return how an answer of `model` is continued here; None = it cannot be."""
        if self.models is not None and not re.search(self.models, str(model), re.IGNORECASE):
            return None
        return self.rung

    def continuation_url(self, url: str) -> str:
        """Return where the continuation of an answer from `url` is asked for."""
        if self.path is None:
            return url
        parts = urlsplit(url)
        return parts._replace(path=re.sub(self.path[0] + "$", self.path[1], parts.path)).geturl()


_CONTINUE_FINAL = {"continue_final_message": True, "add_generation_prompt": False}

# Claude 4.6 and later answer 400 to a prefill; a date behind the version changes nothing.
_CLAUDE_WITH_PREFILL = (
    r"claude-(?:(?:opus|sonnet|haiku)-)?"
    r"(?:[23](?!\d)|4(?:[.-][0-5](?!\d))?(?:-20\d{6})?(?![.-]?\d))"
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        # The SDKs have a key for each request and send it again with it; which header that takes is
        # not documented. One that a server does not know does no harm.
        Dialect(name="openai", idempotency_header="Idempotency-Key"),
        Dialect(name="azure"),
        Dialect(name="xai"),
        Dialect(name="ollama"),
        Dialect(name="perplexity", asks_usage=False),
        Dialect(name="vllm", rung=Rung.EXACT_PREFIX, switches=_CONTINUE_FINAL),
        Dialect(name="sglang", rung=Rung.EXACT_PREFIX, switches=_CONTINUE_FINAL),
        Dialect(name="llamacpp", rung=Rung.EXACT_PREFIX, switches=_CONTINUE_FINAL),
        Dialect(
            name="deepseek",
            rung=Rung.EXACT_PREFIX,
            mark={"prefix": True},
            path=(r"(?:/v1|/beta)?/chat/completions", "/beta/chat/completions"),
            reasoning="reasoning_content",
            continues_json=True,
        ),
        Dialect(
            name="mistral",
            rung=Rung.EXACT_PREFIX,
            mark={"prefix": True},
            echoes=True,
            continues_json=True,
            asks_usage=False,
        ),
        Dialect(name="qwen", rung=Rung.EXACT_PREFIX, mark={"partial": True}, continues_json=True),
        Dialect(name="kimi", rung=Rung.EXACT_PREFIX, mark={"partial": True}),
        Dialect(name="groq", rung=Rung.PREFILL),
        Dialect(name="openrouter", rung=Rung.PREFILL, models=_CLAUDE_WITH_PREFILL),
    )
}

_HOSTS = (
    (r"(^|\.)openai\.azure\.com$", "azure"),
    (r"^api\.openai\.com$", "openai"),
    (r"^api\.deepseek\.com$", "deepseek"),
    (r"^(api|codestral)\.mistral\.ai$", "mistral"),
    (r"^dashscope(-[a-z]+)?\.aliyuncs\.com$", "qwen"),
    (r"^api\.moonshot\.(cn|ai)$", "kimi"),
    (r"^api\.groq\.com$", "groq"),
    (r"^openrouter\.ai$", "openrouter"),
    (r"^api\.x\.ai$", "xai"),
    (r"^api\.perplexity\.ai$", "perplexity"),
)


def dialect_of(url: str) -> Dialect:
    """Return the dialect that the host of `url` is known to speak.

    A host nobody knows is taken for one that cannot continue: the one mistake that does no harm.
    """
    return _spoken_at(urlsplit(url).hostname or "")


@functools.lru_cache(maxsize=256)
def _spoken_at(host: str) -> Dialect:
    known = (name for pattern, name in _HOSTS if re.search(pattern, host))
    return DIALECTS[next(known, "openai")]


def as_dialect(value: Dialect | str | None) -> Dialect | None:
    """Return the dialect that a setting names; None = to be told from the host.

    Raises:
        InvalidRequest: no dialect has that name.
    """
    if value is None or isinstance(value, Dialect):
        return value
    try:
        return DIALECTS[value]
    except (KeyError, TypeError):
        known = ", ".join(sorted(DIALECTS))
        msg = f"dialect must be one of {known}, or a Dialect, got {value!r}"
        raise InvalidRequest(msg) from None
