"""Which dialect is spoken where: a list of profiles, of which the first that fits wins."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from steadystream.errors import InvalidRequest
from steadystream.events import Rung

from .dialect import Dialect
from .nearest import nearest

_MOST_KNOWN = 1000
_RUNGS = ("exact_prefix", "prefill", "none")
_ENDPOINTS = ("/chat/completions", "/responses", "/completions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    r"""What is known of a server, or of a model at it.

        Profile(base_url=r"^http://gpu-\d+:8000/", dialect="vllm")
        Profile(base_url="openrouter.ai", model="claude-instant", rung="none")

    Attributes:
        base_url: pattern searched for in the base URL, as `https://host:port/path/` in lower case,
            the port only where it is given; None = any.
        model: pattern searched for in the name of the model, upper case or lower; None = any.
        dialect: what is spoken there: a name or a `Dialect`; None = what the next profile says.
            A name is looked up when a client is made, since files may bring names of their own.
        rung: another way of continuing than the dialect's, "exact_prefix" or "prefill"; "none" = it
            cannot; None = as the dialect says.

    Raises:
        InvalidRequest: a pattern is none, or nothing is said.
    """

    base_url: str | None = None
    model: str | None = None
    dialect: Dialect | str | None = None
    rung: Rung | Literal["exact_prefix", "prefill", "none"] | None = None

    def __post_init__(self) -> None:
        for name in ("base_url", "model"):
            pattern = getattr(self, name)
            try:
                re.compile("" if pattern is None else pattern)
            except (re.error, TypeError) as error:
                msg = f"profile.{name} must be a pattern or None for any, got {pattern!r}: {error}"
                raise InvalidRequest(msg) from None
        if self.dialect is not None and not isinstance(self.dialect, (Dialect, str)):
            msg = f"profile.dialect must be a name, a Dialect or None, got {self.dialect!r}"
            raise InvalidRequest(msg)
        if self.rung is not None and self.rung not in _RUNGS:
            msg = f"profile.rung must be one of {', '.join(_RUNGS)}, or None, got {self.rung!r}"
            raise InvalidRequest(msg)
        if self.dialect is None and self.rung is None:
            msg = "a profile must say a dialect or a rung, got neither"
            raise InvalidRequest(msg)

    def fits(self, base_url: str, model: str) -> bool:
        """Say whether it is about `model` at `base_url`."""
        here = self.base_url is None or re.search(self.base_url, base_url) is not None
        return here and (
            self.model is None or re.search(self.model, model, re.IGNORECASE) is not None
        )


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """What is known of servers: profiles in order, and the dialects that they name.

    Attributes:
        profiles: the first that fits wins; where it does not say everything, the next adds to it.
        dialects: by name; one that is called "openai" is what is taken of an unknown server.

    Raises:
        InvalidRequest: a profile names a dialect that is not there.
    """

    profiles: Sequence[Profile]
    dialects: Mapping[str, Dialect]
    _known: dict[tuple[str, object], Dialect] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for profile in self.profiles:
            if isinstance(profile.dialect, str):
                self.named(profile.dialect)

    def dialect_of(self, url: str, model: object = None) -> Dialect:
        """Return the dialect that `model` at `url` is known to speak.

        A server nobody knows is taken for one that cannot continue: the one mistake that does no
        harm.
        """
        key = url, model if isinstance(model, str) else None
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._look_up(url, key[1] or "")
        return known

    def named(self, value: Dialect | str) -> Dialect:
        """Return the dialect that a setting names.

        Raises:
            InvalidRequest: no dialect has that name.
        """
        if isinstance(value, Dialect):
            return value
        try:
            return self.dialects[value]
        except (KeyError, TypeError):
            known = ", ".join(sorted(self.dialects))
            hint = nearest(value, self.dialects)
            msg = f"dialect must be one of {known}, or a Dialect, got {value!r}{hint}"
            raise InvalidRequest(msg) from None

    def after(self, own: Sequence[Profile], dialects: Mapping[str, Dialect]) -> Profiles:
        """Return the same behind some that go before."""
        return Profiles((*own, *self.profiles), {**self.dialects, **dialects})

    def _look_up(self, url: str, model: str) -> Dialect:
        base_url = _base_of(url)
        rung: Rung | str | None = None
        for profile in self.profiles:
            if not profile.fits(base_url, model):
                continue
            rung = rung or profile.rung
            if profile.dialect is not None:
                return _with_rung(self.named(profile.dialect), rung)
        return _with_rung(self.dialects["openai"], rung)


def _with_rung(dialect: Dialect, rung: Rung | str | None) -> Dialect:
    if rung is None:
        return dialect
    other = None if rung == "none" else Rung(rung)
    return replace(dialect, rung=other, models=None)


@functools.lru_cache(maxsize=256)
def _base_of(url: str) -> str:
    """Return the base URL behind the URL of an endpoint, as profiles are compared with it."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    for endpoint in _ENDPOINTS:
        path = path.removesuffix(endpoint)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}{path.rstrip('/').lower()}/"
