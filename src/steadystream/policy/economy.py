"""What the answers of one client share, so that their trying stays within bounds together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from steadystream.errors import InvalidRequest

from .breaker import Breaker, Circuit
from .budget import Budget
from .hedge import FirstTokens, Hedge
from .pace import Lane, Pace

MOST_UPSTREAMS = 1000
"""Upstreams that are remembered; beyond it the one that came first is forgotten."""

_KEYS = ("Authorization", "authorization", "api-key", "x-api-key")
_KINDS = {"budget": Budget, "breaker": Breaker, "pace": Pace, "hedge": Hedge}
_BREAKER = Breaker()
_PACE = Pace()
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(eq=False, slots=True, kw_only=True)
class Economy:
    """The economy of trying, over all answers of a client; or of several that are given the same.

        economy = Economy(budget=Budget(share=0.1), breaker=None)
        one, other = SteadyClient(..., economy=economy), SteadyClient(..., economy=economy)

    Attributes:
        budget: pays for retries and continuations; None = every answer tries as it likes.
        breaker: when an upstream is left alone for a while; None = never.
        pace: how the rate of sending follows the limits of a server; None = not at all.
        hedge: when a second attempt races one whose first token is late; None = never.
    """

    budget: Budget | None = field(default_factory=Budget)
    breaker: Breaker | None = _BREAKER
    pace: Pace | None = _PACE
    hedge: Hedge | None = None
    _circuits: dict[str, Circuit] = field(default_factory=dict, init=False, repr=False)
    _lanes: dict[tuple[str, int], Lane] = field(default_factory=dict, init=False, repr=False)
    _first: dict[str, FirstTokens] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                msg = f"economy.{name} must be a {kind.__name__} or None for none, got {value!r}"
                raise InvalidRequest(msg)

    @property
    def breakers(self) -> Mapping[str, Circuit]:
        """The breaker of each upstream that was asked, such as `"m at api.example.com"`."""
        return MappingProxyType(self._circuits)

    def circuit(self, upstream: str) -> Circuit | None:
        """Return the breaker of an upstream; None where there is none."""
        if self.breaker is None:
            return None
        circuit = self._circuits.get(upstream)
        return circuit or _kept(self._circuits, upstream, Circuit(self.breaker))

    def first_tokens(self, upstream: str) -> FirstTokens | None:
        """Return how long first tokens of an upstream take; None where nobody hedges."""
        if self.hedge is None:
            return None
        known = self._first.get(upstream)
        return known or _kept(self._first, upstream, FirstTokens(self.hedge))

    def lane(self, upstream: str, headers: Mapping[str, str]) -> Lane | None:
        """Return the pace at an upstream for who sends these headers; None where nobody keeps one.

        A server counts by key, so each key has its own. No key is kept.
        """
        if self.pace is None:
            return None
        where = upstream, hash(tuple([headers.get(name) for name in _KEYS]))
        return self._lanes.get(where) or _kept(self._lanes, where, Lane(self.pace))


def _kept(shelf: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(shelf) >= MOST_UPSTREAMS:
        del shelf[next(iter(shelf))]
    shelf[key] = value
    return value
