"""What unmodified code is told where an answer broke."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import aiohttp

from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    GaveUp,
    NoFirstToken,
    Stalled,
    StreamFault,
)
from steadystream.protocol.api import AnyTranscript
from steadystream.protocol.responses.transcript import ResponseTranscript
from steadystream.protocol.transcript import Transcript


class AnswerBroken(aiohttp.ClientPayloadError):
    """An answer broke and could not be mended.

    Attributes:
        fault: what broke it last, with the reason why it was given up.
        partial: what was received of it.
    """

    def __init__(self, fault: StreamFault) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.partial: AnyTranscript | None = fault.partial
        self.gave_up: GaveUp | None = fault.gave_up

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.fault,)


class AnswerLate(aiohttp.SocketTimeoutError):
    """An answer did not go on, or was not whole, in the time allowed.

    Attributes:
        fault: which limit it was.
        partial: what was received of it.
    """

    def __init__(self, fault: StreamFault) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.partial: AnyTranscript | None = fault.partial
        self.gave_up: GaveUp | None = fault.gave_up

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.fault,)


def broken(fault: StreamFault) -> AnswerBroken | AnswerLate:
    """Return a fault as an error that code written for aiohttp knows."""
    if isinstance(fault, (NoFirstToken, Stalled, DeadlineExceeded)):
        return AnswerLate(fault)
    return AnswerBroken(fault)


def raise_unanswered(fault: StreamFault) -> NoReturn:
    """Raise the fault of an answer that never began; a failure to connect as aiohttp raised it.

    What aiohttp raised carries the fault and the partial, as everything does that leaves.
    """
    told = fault.__cause__
    if isinstance(fault, ConnectFailed) and isinstance(told, aiohttp.ClientError):
        vars(told).update(fault=fault, partial=fault.partial)
        raise told from None
    raise broken(fault) from fault


def partial_of(error: BaseException | None) -> AnyTranscript | None:
    """Return what was received of the answer that `error` ended.

    Looks through the causes, since SDKs wrap what they get: `openai.APIConnectionError` holds it
    three errors deep. None when none of them carries an answer.
    """
    partials = (getattr(each, "partial", None) for each in _causes(error))
    return next(
        (partial for partial in partials if isinstance(partial, (Transcript, ResponseTranscript))),
        None,
    )


def fault_of(error: BaseException | None) -> StreamFault | None:
    """Return the fault behind `error`: what broke the answer, and in `.gave_up` why it stayed so.

    Looks through the causes as `partial_of` does. None when none of them is a fault of ours.
    """
    for each in _causes(error):
        for fault in (each, getattr(each, "fault", None)):
            if isinstance(fault, StreamFault):
                return fault
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
