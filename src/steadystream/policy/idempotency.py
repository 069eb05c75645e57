"""Keys by which a server knows a request that comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from steadystream.request import Request

from .attempts import Attempt, Fate


class Keys:
    """Gives each request of an answer a key, in the header that a dialect names.

    A request whose fate is unknown is sent again under the key that it had, so that a server which
    has taken it need not do so twice. Any other request gets a new one: under the old key it would
    be told the old answer again. A header that the caller set stays as it is.

    Args:
        header: its name; None = the first upstream knows none. Others have the one that their own
            dialect names.
        new: makes a key that nobody else has.
    """

    def __init__(self, header: str | None, new: Callable[[], str]) -> None:
        self._header = header
        self._new = new
        self._last: dict[str, tuple[Request, Attempt]] = {}

    def headers(self, request: Request, attempt: Attempt) -> Mapping[str, str]:
        """Return the headers for `request`, which is sent as `attempt`."""
        via = request.via
        header = self._header if via is None else via.dialect.idempotency_header
        if header is None or request.method == "GET" or _is_set(header, request.headers):
            return request.headers
        attempt.idempotency_key = self._known(request) or self._new()
        if not request.hedge:
            self._last[request.url] = request, attempt
        return {**request.headers, header: attempt.idempotency_key}

    def _known(self, request: Request) -> str | None:
        last = None if request.hedge else self._last.get(request.url)
        if last is None:
            return None
        asked, attempt = last
        same = asked.body is request.body and asked.url == request.url
        return attempt.idempotency_key if same and attempt.fate is Fate.UNKNOWN else None


def _is_set(header: str, headers: Mapping[str, str]) -> bool:
    wanted = header.lower()
    for name in headers:  # noqa: SIM110  # it takes half the time of a generator
        if len(name) == len(wanted) and name.lower() == wanted:
            return True
    return False
