"""What models can do: context windows, reasoning, and what they refuse.

Any name is accepted; one that is not known here has no limits and refuses nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model, or a family of them.

    Attributes:
        context: tokens of its context window; None = no limit.
        output: tokens an answer may have; None = no limit.
        efforts: values of `reasoning_effort` it knows; empty = it has none.
        effort: the one in force when none is asked for; empty = it does not reason.
        new: whether it belongs to GPT-5 and later, for which the API has other words and limits.
        sampled: whether temperature, penalties and log probabilities exist while it reasons.
        old_limit: whether it takes `max_tokens`, `stop`, `logit_bias` and `prediction`.
        searches: whether it takes `web_search_options`.
        speaks: whether it can answer with audio.
        verbosities: values of `verbosity` it knows; empty = all.
    """

    context: int | None = None
    output: int | None = None
    efforts: tuple[str, ...] = ()
    effort: str = ""
    new: bool = False
    sampled: bool = True
    old_limit: bool = True
    searches: bool = False
    speaks: bool = False
    verbosities: tuple[str, ...] = ()

    def effort_of(self, asked: str | None) -> str:
        """Return the effort in force; empty or `none` = it does not reason."""
        return asked if asked and self.efforts else self.effort


UNKNOWN = Model(searches=True)
_CHAT = Model(context=128_000, output=16_384, verbosities=("medium",))
_O = Model(
    context=200_000,
    output=100_000,
    efforts=("low", "medium", "high"),
    effort="medium",
    sampled=False,
    old_limit=False,
    verbosities=("medium",),
)
_GPT5 = Model(
    context=400_000,
    output=128_000,
    efforts=("minimal", "low", "medium", "high"),
    effort="medium",
    new=True,
    sampled=False,
    old_limit=False,
)
_GPT51 = replace(_GPT5, efforts=("none", "low", "medium", "high"), effort="none")
_GPT52 = replace(_GPT51, efforts=("none", "low", "medium", "high", "xhigh"))
_LONG = Model(context=1_047_576, output=32_768, verbosities=("medium",))
_OPEN = Model(context=131_072, searches=True)
# The first pattern that fits the whole name, without the maker before a slash, counts.
_MODELS: tuple[tuple[str, Model], ...] = (
    (r"gpt-5(\.\d+)?-chat.*", replace(_CHAT, new=True)),
    (r"gpt-5(-.*)?-search-api.*", replace(_GPT5, searches=True)),
    (r"gpt-5\.1(-.*)?", _GPT51),
    (r"gpt-5\.\d+(-.*)?", _GPT52),
    (r"gpt-5(-.*)?", _GPT5),
    (r"o1-mini.*", replace(_O, context=128_000, output=65_536, efforts=())),
    (r"o\d(-.*)?", _O),
    (r"gpt-4\.1(-.*)?", _LONG),
    (r"gpt-4o(-mini)?-search-preview.*", replace(_CHAT, searches=True)),
    (r"(gpt-4o(-mini)?-audio|gpt-audio).*", replace(_CHAT, speaks=True)),
    (r"(gpt-4o|chatgpt-4o).*", _CHAT),
    (r"gpt-4-(turbo|1106|0125|vision).*", replace(_CHAT, output=4096)),
    (r"gpt-4-32k.*", replace(_CHAT, context=32_768, output=None)),
    (r"gpt-4(-.*)?", replace(_CHAT, context=8192, output=None)),
    (r"gpt-3\.5-turbo.*", replace(_CHAT, context=16_385, output=4096)),
    (r"gpt-oss-.*", replace(_OPEN, efforts=("low", "medium", "high"), effort="medium")),
    (r"deepseek-reasoner.*", replace(_OPEN, context=1_048_565, effort="medium")),
    (r"deepseek-.*", replace(_OPEN, context=1_048_565)),
    (r"magistral-.*", replace(_OPEN, effort="medium")),
    (r"kimi-.*", replace(_OPEN, context=262_144)),
    (r"claude-.*", replace(_OPEN, context=200_000, output=64_000)),
    (r"(gemini|qwen-plus|qwen-turbo|qwen-flash).*", replace(_OPEN, context=1_000_000)),
    (r"qwen3-max.*", replace(_OPEN, context=262_144, output=65_536)),
    (r"(mistral|ministral|codestral|llama|meta-llama|qwen).*", _OPEN),
)


@lru_cache(256)
def find(name: str) -> Model:
    """Return the model called `name`."""
    bare = name.rsplit("/", 1)[-1].lower()
    for pattern, model in _MODELS:
        if re.fullmatch(pattern, bare):
            return model
    return UNKNOWN
