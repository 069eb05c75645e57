"""Latencies that have a name. Made up, plausible numbers: nobody's servers were measured."""

from __future__ import annotations

from fake_openai import checks
from fake_openai.keeping.load import Load
from fake_openai.nearest import unknown

from .distributions import Lognormal, Normal
from .settings import Latency

PROFILES: dict[str, Latency] = {
    "instant": Latency(),
    # A small hosted model: half a second, then some 70 tokens a second, both with a long tail.
    "gpt-4o-mini": Latency(
        first_token=Lognormal(median=0.45, sigma=0.4),
        between=Lognormal(median=0.013, sigma=0.5),
        per_prompt_token=0.00002,
    ),
    # A large hosted model.
    "gpt-4o": Latency(
        first_token=Lognormal(median=0.6, sigma=0.5),
        between=Lognormal(median=0.018, sigma=0.5),
        per_prompt_token=0.00004,
    ),
    # Thinks unseen before it says a word: clients with short idle timeouts give up on it.
    "reasoning": Latency(
        first_token=Lognormal(median=12.0, sigma=0.8),
        between=Lognormal(median=0.012, sigma=0.4),
        per_prompt_token=0.00005,
    ),
    # One card that serves a middling model to a few people.
    "local-gpu": Latency(
        first_token=Normal(mean=0.04, sd=0.01),
        between=Normal(mean=0.003, sd=0.001),
        load=Load(
            slots=16,
            prefill_tokens_per_second=4000.0,
            decode_tokens_per_second=45.0,
            slowdown=0.04,
        ),
    ),
    # A laptop without a card, which answers one at a time.
    "local-cpu": Latency(
        between=Normal(mean=0.005, sd=0.002),
        load=Load(slots=1, prefill_tokens_per_second=80.0, decode_tokens_per_second=8.0),
    ),
    # More is asked of it than it can do: long queues, slow tokens, and soon 503.
    "overloaded": Latency(
        first_token=Lognormal(median=1.5, sigma=0.8),
        between=Lognormal(median=0.02, sigma=0.8),
        load=Load(
            slots=4,
            prefill_tokens_per_second=1500.0,
            decode_tokens_per_second=25.0,
            slowdown=0.25,
            strain=0.1,
            queue_limit=8,
            full_status=503,
            retry_after=2.0,
        ),
    ),
}


def profile(name: str) -> Latency:
    """Return the profile of that name.

    Raises:
        TypeError: it is no text.
        ValueError: there is none; the message names the nearest.
    """
    checks.text("profile", name)
    if name not in PROFILES:
        raise unknown("latency profile", name, PROFILES)
    return PROFILES[name]
