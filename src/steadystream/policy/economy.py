"""What the answers of one client share, so that their trying stays within bounds together."""

from __future__ import annotations

from dataclasses import dataclass, field

from steadystream.errors import InvalidRequest

from .budget import Budget


@dataclass(eq=False, slots=True, kw_only=True)
class Economy:
    """The economy of trying, over all answers of a client; or of several that are given the same.

        economy = Economy(budget=Budget(share=0.1))
        one, other = SteadyClient(..., economy=economy), SteadyClient(..., economy=economy)

    Attributes:
        budget: pays for retries and continuations; None = every answer tries as it likes.
    """

    budget: Budget | None = field(default_factory=Budget)

    def __post_init__(self) -> None:
        for name, kind in (("budget", Budget),):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                msg = f"economy.{name} must be a {kind.__name__} or None for none, got {value!r}"
                raise InvalidRequest(msg)
