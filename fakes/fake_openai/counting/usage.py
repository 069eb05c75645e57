"""The `usage` objects of the providers.

Key order and members are those recorded from each provider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one exchange.

    Attributes:
        prompt: tokens of the messages, a prefix to continue included.
        completion: tokens generated, reasoning included.
        reasoning: tokens of it that are reasoning.
        cached: tokens of the prompt that came before.
        audio: tokens of the prompt that are sound.
        accepted: tokens of a predicted output that came true.
        rejected: those that did not; they are generated, too.
    """

    prompt: int
    completion: int
    reasoning: int = 0
    cached: int = 0
    audio: int = 0
    accepted: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """Prompt and completion."""
        return self.prompt + self.completion


Shape = Callable[[Tokens], dict[str, Any]]


def plain(tokens: Tokens) -> dict[str, Any]:
    """The three counts and nothing else."""
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.total,
    }


def openai(tokens: Tokens) -> dict[str, Any]:
    """OpenAI, with both details."""
    return {
        **plain(tokens),
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": tokens.audio},
        "completion_tokens_details": {
            "reasoning_tokens": tokens.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": tokens.accepted,
            "rejected_prediction_tokens": tokens.rejected,
        },
    }


def deepseek(tokens: Tokens) -> dict[str, Any]:
    """DeepSeek counts cache hits and misses, which add up to the prompt."""
    details = {"cached_tokens": tokens.cached}
    usage: dict[str, Any] = {**plain(tokens), "prompt_tokens_details": details}
    if tokens.reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": tokens.reasoning}
    missed = tokens.prompt - tokens.cached
    return {
        **usage,
        "prompt_cache_hit_tokens": tokens.cached,
        "prompt_cache_miss_tokens": missed,
    }


def vllm(tokens: Tokens) -> dict[str, Any]:
    """VLLM puts the total second."""
    return {
        "prompt_tokens": tokens.prompt,
        "total_tokens": tokens.total,
        "completion_tokens": tokens.completion,
        "prompt_tokens_details": None,
    }


def sglang(tokens: Tokens) -> dict[str, Any]:
    """SGLang, with the reasoning tokens on the first level."""
    return {
        "prompt_tokens": tokens.prompt,
        "total_tokens": tokens.total,
        "completion_tokens": tokens.completion,
        "prompt_tokens_details": None,
        "reasoning_tokens": tokens.reasoning,
    }


def mistral(tokens: Tokens) -> dict[str, Any]:
    """Mistral puts the total second, and the service tier among the counts."""
    return {
        "prompt_tokens": tokens.prompt,
        "total_tokens": tokens.total,
        "completion_tokens": tokens.completion,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "service_tier": "standard",
    }


def qwen(tokens: Tokens) -> dict[str, Any]:
    """Qwen names reasoning tokens before cached ones."""
    return {
        **plain(tokens),
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
    }


def kimi(tokens: Tokens) -> dict[str, Any]:
    """Kimi gives details only of reasoning."""
    usage: dict[str, Any] = plain(tokens)
    if tokens.reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": tokens.reasoning}
    return usage


def dollars(prompt: int, completion: int) -> tuple[float, float, float]:
    """Return what so many tokens cost, and the sum: a millionth a prompt token, five another."""
    read, made = prompt * 1e-6, completion * 5e-6
    return round(read, 9), round(made, 9), round(read + made, 9)


def openrouter(tokens: Tokens) -> dict[str, Any]:
    """OpenRouter adds the cost in dollars."""
    prompt, completion, cost = dollars(tokens.prompt, tokens.completion)
    return {
        **plain(tokens),
        "cost": cost,
        "is_byok": False,
        "prompt_tokens_details": {
            "cached_tokens": tokens.cached,
            "cache_write_tokens": 0,
            "audio_tokens": tokens.audio,
            "video_tokens": 0,
        },
        "cost_details": {
            "upstream_inference_cost": cost,
            "upstream_inference_prompt_cost": prompt,
            "upstream_inference_completions_cost": completion,
        },
        "completion_tokens_details": {
            "reasoning_tokens": tokens.reasoning,
            "image_tokens": 0,
            "audio_tokens": 0,
        },
    }


def groq(tokens: Tokens) -> dict[str, Any]:
    """Groq adds its times, in seconds: ten milliseconds a thousand prompt tokens, two a token."""
    prompt_time = round(tokens.prompt * 1e-5, 9)
    completion_time = round(tokens.completion * 2e-3, 9)
    usage: dict[str, Any] = {
        "queue_time": 0.28,
        "prompt_tokens": tokens.prompt,
        "prompt_time": prompt_time,
        "completion_tokens": tokens.completion,
        "completion_time": completion_time,
        "total_tokens": tokens.total,
        "total_time": round(prompt_time + completion_time, 9),
    }
    if tokens.reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": tokens.reasoning}
    return usage
