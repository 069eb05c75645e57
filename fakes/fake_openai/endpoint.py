"""What an endpoint is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .front.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method at one path.

    Attributes:
        name: of the endpoint, as in `Dialect.serves`; the same for all its methods and paths.
        method: HTTP method.
        path: below the root of the API; `{id}` stands for one segment, `{name*}` for the rest. They
            are in `Exchange.params`.
        serve: answers a request; an `ApiError` it raises is the answer instead.
        generates: whether the model answers: it deals with scripts and faults by itself, with
            `Exchange.deal`. Faults strike all other endpoints from outside.
    """

    name: str
    method: str
    path: str
    serve: Callable[[Exchange], Awaitable[web.StreamResponse]]
    generates: bool = False
