"""What a session adds to every request, wherever it goes."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp

from steadystream.errors import InvalidRequest
from steadystream.policy.addresses import is_same_origin
from steadystream.policy.fallbacks import PERSONAL_HEADERS
from steadystream.protocol.upstream import Upstream


def check_reach(session: aiohttp.ClientSession, url: str, others: Sequence[Upstream]) -> None:
    """See to it that nothing which opens one host reaches another.

    A session sends its own headers, its own authorization and its cookies without a domain to every
    host. A client of one host may rely on that; with others behind it, it may not.

    Args:
        session: over which all of them are asked.
        url: of the first.
        others: the rest.

    Raises:
        InvalidRequest: they would be told what is not for them.
    """
    far = [each for each in others if not is_same_origin(each.url, url)]
    if not far:
        return
    given = [name for name in session.headers if name.lower() in PERSONAL_HEADERS]
    for each in far:
        own = {name.lower() for name in each.headers}
        lost = [name for name in given if name.lower() not in own]
        if lost:
            msg = f"session must send no {lost[0]} of its own: it would reach {each.name} too"
            raise InvalidRequest(msg)
    if session.auth is not None:
        msg = f"session must have no auth of its own: it would reach {far[0].name} too"
        raise InvalidRequest(msg)
    if any(not cookie["domain"] for cookie in session.cookie_jar):
        msg = f"session must have no cookies without a domain: they would reach {far[0].name} too"
        raise InvalidRequest(msg)
