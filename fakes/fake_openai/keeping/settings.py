"""What may be set for a scope at any time."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.counting.tokens import OWN, Tokenizer
from fake_openai.delivery.writes import Writes
from fake_openai.dialect import Dialect
from fake_openai.latency import Latency

from .limits import Limits


@dataclass(slots=True)
class Settings:
    """What may be set for a scope at any time.

    Attributes:
        dialect: whose API it is.
        seed: of answers, ids, padding, jitter and random writes.
        latency: of the model.
        writes: borders of writes and form of lines.
        limits: on requests, tokens and concurrency.
        strict: whether a request that no script matches is refused.
        tokenizer: what counts tokens, and cuts answers into them.
        models: names of the models there are; None = any.
    """

    dialect: Dialect
    seed: int
    latency: Latency
    writes: Writes
    limits: Limits
    strict: bool = False
    tokenizer: Tokenizer = OWN
    models: tuple[str, ...] | None = None
