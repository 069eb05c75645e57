"""A server with limits: what many requests at once do to each other.

The model is that of servers which decode a batch: `slots` answers advance together, each a little
slower for every other; prompts are read one after another; who finds no slot waits in a queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks

_LOWEST_STATUS, _HIGHEST_STATUS = 400, 599


@dataclass(frozen=True, slots=True)
class Load:
    """What the server can do at once.

    One answer alone gets `decode_tokens_per_second`. With b of them each token takes
    `1 + slowdown * (b - 1) + strain * waiting` times as long, so the server as a whole gets no
    faster past `slots`: the knee. From there on requests wait, and what they wait for first tokens
    grows with every further one.

    Attributes:
        slots: answers that are made at the same time.
        prefill_tokens_per_second: how fast prompts are read, one at a time; None = at once.
        decode_tokens_per_second: how fast one answer alone is made; None = as `between` of the
            latency says. If both are given their times add up.
        slowdown: share by which each busy slot beyond the first slows all of them.
        strain: share by which each waiting request slows them, as a server does that swaps; above
            0 the server gets slower past its knee.
        queue_limit: requests that may wait; None = any number.
        full_status: HTTP status for those beyond it.
        retry_after: seconds they are told to wait; None = they are told nothing.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: a value is out of range.
    """

    slots: int = 32
    prefill_tokens_per_second: float | None = None
    decode_tokens_per_second: float | None = None
    slowdown: float = 0.0
    strain: float = 0.0
    queue_limit: int | None = None
    full_status: int = 503
    retry_after: float | None = None

    def __post_init__(self) -> None:
        for name in ("slots", "full_status", "queue_limit"):
            checks.whole_number(name, getattr(self, name), optional=name == "queue_limit")
        if self.slots < 1:
            raise ValueError(f"slots must be 1 or more, got {self.slots}")
        if self.queue_limit is not None:
            checks.not_negative("queue_limit", self.queue_limit)
        for name in ("prefill_tokens_per_second", "decode_tokens_per_second"):
            rate = getattr(self, name)
            if rate is not None:
                checks.finite(name, rate)
                if rate == 0:
                    raise ValueError(f"{name} must be above 0, got {rate!r}")
        checks.finite("slowdown", self.slowdown)
        checks.finite("strain", self.strain)
        if self.retry_after is not None:
            checks.finite("retry_after", self.retry_after)
        if not _LOWEST_STATUS <= self.full_status <= _HIGHEST_STATUS:
            raise ValueError(f"full_status must be 400 to 599, got {self.full_status}")

    @property
    def token_seconds(self) -> float:
        """Seconds a token of one answer alone."""
        rate = self.decode_tokens_per_second
        return 0.0 if rate is None else 1 / rate
