"""What can be set in the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FIRST_TOKEN = 3
"""Patience for the first token, as a multiple of that for each further one."""


class Spoken(StrEnum):
    """The dialects whose servers can be asked to go on with a partial answer."""

    VLLM = "vllm"
    SGLANG = "sglang"
    DEEPSEEK = "deepseek"
    MISTRAL = "mistral"
    QWEN = "qwen"
    KIMI = "kimi"
    GROQ = "groq"
    OPENROUTER = "openrouter"


MODELS: dict[Spoken, str] = {
    Spoken.VLLM: "meta-llama/Llama-3.3-70B-Instruct",
    Spoken.SGLANG: "Qwen/Qwen3-32B",
    Spoken.DEEPSEEK: "deepseek-chat",
    Spoken.MISTRAL: "mistral-large-latest",
    Spoken.QWEN: "qwen-plus",
    Spoken.KIMI: "kimi-k2-0905-preview",
    Spoken.GROQ: "llama-3.3-70b-versatile",
    Spoken.OPENROUTER: "anthropic/claude-3.5-sonnet",
}
"""A model that takes a continuation, for each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in the demo.

    Attributes:
        streams: how many are read.
        seed: decides what is asked, answered and broken.
        dialect: what the fake server speaks.
        concurrency: streams open at the same time.
        idle: silence in seconds that both readers put up with. Short, so that a stream that went
            quiet costs the demo a second instead of a minute.
        only: number of the one stream to read; None = all of them.
    """

    streams: int = 200
    seed: int = 7
    dialect: Spoken = Spoken.VLLM
    concurrency: int = 40
    idle: float = 1.0
    only: int | None = None

    @property
    def model(self) -> str:
        """The model that is asked."""
        return MODELS[self.dialect]

    @property
    def numbers(self) -> Sequence[int]:
        """The streams that are read."""
        return range(1, self.streams + 1) if self.only is None else [self.only]

    @property
    def command(self) -> str:
        """The command that does the same again."""
        parts = ["steadystream demo", f"--seed {self.seed}", f"--dialect {self.dialect}"]
        if self.idle != 1:
            parts.append(f"--idle {self.idle:g}")
        if self.only is not None:
            parts.append(f"--only {self.only}")
        else:
            parts += [f"--streams {self.streams}", f"--concurrency {self.concurrency}"]
        return " ".join(parts)
