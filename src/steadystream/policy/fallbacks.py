"""Other models and other servers, for when the first one does not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from steadystream.errors import InvalidRequest
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.profiles import Profiles
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request

from .addresses import checked_headers, checked_key, checked_url, is_same_origin

KEY_HEADERS = ("authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key")
"""Names of headers that open a server, in lower case."""

PERSONAL_HEADERS = frozenset(
    {*KEY_HEADERS, "cookie", "openai-organization", "openai-project", "http-referer", "referer"}
)
"""Names of headers that say who asks; they are for one host, and no business of another."""

# What says in which form things are asked and answered; all else stays with the first host.
_FORM = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})
_OF_ONE_MESSAGE = frozenset({"host", "content-length", "transfer-encoding", "idempotency-key"})

_KEPT_THERE = ("previous_response_id", "conversation")
"""Members of a request that name something by an id, which only the first host knows."""


class Same(Enum):
    """Stands for what was not given."""

    SAME = "as the first"

    def __repr__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Another model, or another server, to be asked when the ones before it do not answer.

        Fallback(model="gpt-4.1-mini")
        Fallback(base_url="https://api.deepseek.com", api_key=key, model="deepseek-chat")

    What is left out is as for the first; for another host, key and headers are not: no key reaches
    a host that it was not given for.

    Attributes:
        base_url: what comes before `/chat/completions`; None = where the first is asked.
        api_key: sent as a bearer token; None = no key. It has to be given for another host.
        model: its name there; None = the one that is asked for.
        dialect: a name or a `Dialect`; None = told from host and model.
        headers: sent besides; those of the same name are replaced.

    Raises:
        InvalidRequest: it cannot work, or says nothing.
    """

    base_url: str | None = None
    api_key: str | Same | None = field(default=Same.SAME, repr=False)
    model: str | None = None
    dialect: Dialect | str | None = None
    headers: Mapping[str, str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.base_url is not None:
            url = checked_url(self.base_url, "fallback.base_url")
            if "@" in url:
                msg = "fallback.base_url must have no user and no password; give them as headers"
                raise InvalidRequest(msg)
        if not isinstance(self.api_key, Same):
            checked_key(self.api_key, "fallback.api_key")
        if self.model is not None and (not isinstance(self.model, str) or not self.model):
            msg = f"fallback.model must be the name of a model, or None, got {self.model!r}"
            raise InvalidRequest(msg)
        checked_headers(self.headers or {}, "fallback.headers")
        same = self.base_url is None and self.model is None and not self.headers
        if same and isinstance(self.api_key, Same):
            msg = "a fallback must name another base_url, model, api_key or header, got none"
            raise InvalidRequest(msg)


def checked_fallbacks(
    fallbacks: Sequence[Fallback], profiles: Profiles, first_url: str | None
) -> tuple[Fallback, ...]:
    """Return the fallbacks of a client.

    Args:
        fallbacks: as they were given.
        profiles: where the names of dialects come from.
        first_url: where the first is asked; None = it is not known yet.

    Raises:
        InvalidRequest: one of them cannot work.
    """
    several = isinstance(fallbacks, Sequence) and not isinstance(fallbacks, str)
    if not several or not all(isinstance(each, Fallback) for each in fallbacks):
        msg = f"fallbacks must be a list of Fallback, got {fallbacks!r}"
        raise InvalidRequest(msg)
    for each in fallbacks:
        if each.dialect is not None:
            profiles.named(each.dialect)
        far = each.base_url is not None and (
            first_url is None or not is_same_origin(each.base_url, first_url)
        )
        if far and isinstance(each.api_key, Same):
            msg = f"fallback.api_key must be given for {each.base_url}: a key, or None for none"
            raise InvalidRequest(msg)
    return tuple(fallbacks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a client knows when it turns fallbacks into upstreams.

    Attributes:
        profiles: what is known of servers.
        dialect: that it was told to speak; None = as the profiles say.
        endpoint: path behind a base URL.
        asks_usage: whether it asks for usage by itself, where the dialect knows how.
    """

    profiles: Profiles
    dialect: Dialect | None = None
    endpoint: str = "/chat/completions"
    asks_usage: bool = False


def upstreams_of(
    fallbacks: Sequence[Fallback], first: Request, known: Surroundings
) -> tuple[Upstream, ...]:
    """Return where `first` may be asked besides, in order.

    What one host keeps, and a request only names by its id, is asked of no other.
    """
    if first.method != "POST":
        return ()
    found: list[Upstream] = []
    taken = {first.upstream: first.url}
    is_bound = any(first.body.get(name) for name in _KEPT_THERE)
    for each in fallbacks:
        url, headers = first.url, _near(first.headers, each)
        if each.base_url is not None:
            url = each.base_url.rstrip("/") + known.endpoint
        if not is_same_origin(url, first.url):
            if is_bound:
                continue
            headers = _far(first.headers, each)
        model = each.model or first.body.get("model")
        spoken = each.dialect or (known.dialect if each.base_url is None else None)
        dialect = known.profiles.named(spoken or known.profiles.dialect_of(url, model))
        name = _name(first.but(url=url, body={"model": model}).upstream, url, taken)
        found.append(
            Upstream(
                name=name,
                url=url,
                headers=headers,
                dialect=dialect,
                model=each.model,
                wants_usage=known.asks_usage,
            )
        )
    return tuple(found)


def _near(headers: Mapping[str, str], fallback: Fallback) -> dict[str, str]:
    """Return the headers for another model, or another key, at the same host."""
    kept = {k: v for k, v in headers.items() if k.lower() not in _OF_ONE_MESSAGE}
    if isinstance(fallback.api_key, Same):
        return _with(kept, {}, fallback.headers)
    bare = {name: value for name, value in kept.items() if name.lower() not in KEY_HEADERS}
    return _with(bare, _bearer(fallback), fallback.headers)


def _far(headers: Mapping[str, str], fallback: Fallback) -> dict[str, str]:
    """Return the headers for another host: nothing of those that say who asks."""
    form = {name: value for name, value in headers.items() if name.lower() in _FORM}
    return _with(form, _bearer(fallback), fallback.headers)


def _bearer(fallback: Fallback) -> dict[str, str]:
    key = None if isinstance(fallback.api_key, Same) else fallback.api_key
    return {} if key is None else {"Authorization": f"Bearer {key.strip()}"}


def _with(
    headers: dict[str, str], key: dict[str, str], own: Mapping[str, str] | None
) -> dict[str, str]:
    """Return headers with others instead of those of the same name, upper case or lower."""
    others = {**key}
    for name, value in (own or {}).items():
        others = {kept: v for kept, v in others.items() if kept.lower() != name.lower()}
        others[name] = value
    replaced = {name.lower() for name in others}
    return {n: v for n, v in headers.items() if n.lower() not in replaced} | others


def _name(name: str, url: str, taken: dict[str, str]) -> str:
    """Return a name that no other has: the same model at the same host is told by path or number.

    What goes by another name has a breaker of its own.
    """
    if name in taken and taken[name] != url:
        path = url.partition("://")[2].partition("/")[2]
        name = f"{name}/{path}"
    plain, number = name, 1
    while name in taken:
        number += 1
        name = f"{plain} ({number})"
    taken[name] = url
    return name
