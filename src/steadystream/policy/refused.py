"""What servers have refused, so that they are not asked twice."""

from __future__ import annotations

from typing import TypeAlias

from steadystream.events import Rung
from steadystream.protocol.api import AnyTranscript
from steadystream.protocol.obstacles import format_of
from steadystream.request import Request

_MOST = 1000

_Kind: TypeAlias = tuple[str, str, bool, bool]


class RefusedRungs:
    """Remembers, for one client, the models that do not take a partial answer.

    A server may take one of plain text and refuse it after reasoning or in JSON, so these are told
    apart. The oldest of a thousand entries is forgotten.
    """

    def __init__(self) -> None:
        self._rungs: dict[_Kind, frozenset[Rung]] = {}

    def add(self, request: Request, so_far: AnyTranscript, rung: Rung) -> None:
        """Note that `rung` was refused to an answer like this one."""
        kind = _kind_of(request, so_far)
        self._rungs[kind] = self.of(request, so_far) | {rung}
        if len(self._rungs) > _MOST:
            del self._rungs[next(iter(self._rungs))]

    def of(self, request: Request, so_far: AnyTranscript) -> frozenset[Rung]:
        """Return the rungs that were refused to answers like this one."""
        return self._rungs.get(_kind_of(request, so_far), frozenset())


def _kind_of(request: Request, so_far: AnyTranscript) -> _Kind:
    shaped = format_of(request.body) is not None
    return request.url, str(request.body.get("model")), bool(so_far.reasoning), shaped
