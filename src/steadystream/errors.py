"""What can go wrong, split by what a caller can do about it.

Every fault of an attempt is a `StreamFault`. One that nobody mends leaves the library as it is,
with the answer received so far in `.partial` and the reason why no further attempt was made in
`.gave_up`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .protocol.api import AnyTranscript


class GaveUp(StrEnum):
    """Why an answer was not asked for again or continued."""

    NOT_TRANSIENT = "not_transient"
    """Trying again cannot help: a bad key, an unknown model, a malformed request."""
    ATTEMPTS_SPENT = "attempts_spent"
    """Every attempt that the settings allow was made."""
    RETRY_AFTER_TOO_LONG = "retry_after_too_long"
    """The server asks for a longer wait than the settings allow."""
    BUDGET_SPENT = "budget_spent"
    """The budget for further attempts, which all answers share, pays for no other."""
    NO_TIME_LEFT = "no_time_left"
    """The wait before the next attempt would pass the deadline."""
    CANNOT_CONTINUE = "cannot_continue"
    """Text was delivered and this server has no way to go on from it."""
    CONTINUATION_REFUSED = "continuation_refused"
    """The server was asked to go on and said no, or went on with something else."""
    TORN_TOOL_CALL = "torn_tool_call"
    """A tool call was cut; half of one cannot be continued as text."""
    TORN_REASONING = "torn_reasoning"
    """The answer was cut while, or after, the model reasoned."""
    SEVERAL_CHOICES = "several_choices"
    """More than one choice was under way (`n` > 1)."""
    CONSTRAINED_FORMAT = "constrained_format"
    """`response_format` or a grammar would start anew in the middle of the answer."""
    REFUSAL = "refusal"
    """The model was refusing; a refusal is not continued."""
    NOT_RESUMABLE = "not_resumable"
    """Events of a source were delivered, and its request cannot be sent again without harm."""
    AUDIO = "audio"
    """Audio was under way; it is not joined."""
    ANNOTATIONS = "annotations"
    """Sources point into the text; they would point to wrong places in a part of it."""


class SteadyStreamError(Exception):
    """Base of everything this library raises.

    Attributes:
        partial: the answer received so far; None when none was under way.
    """

    partial: AnyTranscript | None = None


class InvalidRequest(SteadyStreamError, ValueError):
    """A request or a setting that cannot work; nothing was sent."""


class StreamFault(SteadyStreamError):
    """An attempt failed.

    Attributes:
        transient: whether a further attempt may succeed.
        retry_after: seconds the server asked us to wait, None when it did not say.
        gave_up: why no further attempt was made; None while somebody may still make one.
    """

    transient: bool = True
    retry_after: float | None = None
    gave_up: GaveUp | None = None
    error_class: ClassVar[str] = "other"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.__notes__: list[str] = []

    def give_up(self, why: GaveUp) -> StreamFault:
        """Mark this fault as final, for the reason `why`, and return it."""
        self.gave_up = why
        self.add_note(f"gave up: {why.replace('_', ' ')}")
        return self


class ConnectFailed(StreamFault):
    """No connection came about; the request was not sent.

    Attributes:
        target: host and port.
        detail: what the resolver, the socket or TLS said.
    """

    error_class = "connect"

    def __init__(self, target: str, detail: str) -> None:
        super().__init__(target, detail)
        self.target = target
        self.detail = detail

    def __str__(self) -> str:
        return f"expected a connection to {self.target}, got {self.detail}"


class ConnectTimedOut(ConnectFailed):
    """No connection came about in the time allowed."""

    error_class = "timeout_connect"

    def __init__(self, target: str, seconds: float | None) -> None:
        super().__init__(target, "none" + (f" within {seconds:g} s" if seconds else " in time"))
        self.args = (target, seconds)
        self.seconds = seconds


class Disconnected(StreamFault):
    """The connection ended before the answer did.

    Attributes:
        received: events of this attempt received before.
        detail: what the transport said.
    """

    error_class = "reset"

    def __init__(self, received: int, detail: str) -> None:
        super().__init__(received, detail)
        self.received = received
        self.detail = detail

    def __str__(self) -> str:
        return f"the connection ended after {self.received} events: {self.detail}"


class Truncated(StreamFault):
    """The body ended cleanly, but the answer in it did not.

    Attributes:
        received: events of this attempt received before.
        expected: what had to come before the end.
    """

    error_class = "eof"

    def __init__(self, received: int, expected: str = "a finish_reason") -> None:
        super().__init__(received, expected)
        self.received = received
        self.expected = expected

    def __str__(self) -> str:
        return f"expected {self.expected}, got the end of the body after {self.received} events"


class NoFirstToken(StreamFault):
    """The request was taken, but nothing of an answer came in time.

    Attributes:
        seconds: how long we waited since the request was sent.
    """

    error_class = "timeout_first_event"

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"no first token within {self.seconds:g} s"


class Stalled(StreamFault):
    """The upstream went quiet in the middle of an answer.

    Attributes:
        seconds: how long we waited for more of the answer.
        received: events of this attempt received before the silence.
        what: what did not come.
    """

    error_class = "stall"

    def __init__(
        self, seconds: float, received: int, *, what: str = "nothing of the answer"
    ) -> None:
        super().__init__(seconds, received)
        self.seconds = seconds
        self.received = received
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} for {self.seconds:g} s after {self.received} events"


class Dripped(Stalled):
    """The upstream sends, but so slowly that it might as well be silent.

    Attributes:
        pieces: of the answer that came in these seconds.
        least: pieces that had to come.
        seconds: the time that was looked at.
        received: events of this attempt received before.
    """

    def __init__(self, pieces: int, least: int, seconds: float, received: int) -> None:
        super().__init__(seconds, received)
        self.args = (pieces, least, seconds, received)
        self.pieces = pieces
        self.least = least

    def __str__(self) -> str:
        return (
            f"expected at least {self.least} pieces of the answer in {self.seconds:g} s, "
            f"got {self.pieces}, after {self.received} events"
        )


class BreakerOpen(StreamFault):
    """Nothing was sent: this upstream failed so often of late that it is left alone for a while.

    Attributes:
        upstream: which model at which host.
        retry_after: seconds until an attempt may be let through.
    """

    error_class = "breaker"

    def __init__(self, upstream: str, retry_after: float) -> None:
        super().__init__(upstream, retry_after)
        self.upstream = upstream
        self.retry_after = retry_after

    def __str__(self) -> str:
        return (
            f"{self.upstream} failed too often of late; not asked for {_brief(self.retry_after)} s"
        )


class RateLimited(StreamFault):
    """Nothing was sent: the rate limit of the server leaves no turn for so long.

    Attributes:
        upstream: which model at which host.
        retry_after: seconds until it would have been this attempt's turn.
        longest: seconds that an attempt may wait for it.
    """

    error_class = "rate_limit"

    def __init__(self, upstream: str, retry_after: float, longest: float) -> None:
        super().__init__(upstream, retry_after, longest)
        self.upstream = upstream
        self.retry_after = retry_after
        self.longest = longest

    def __str__(self) -> str:
        return (
            f"expected a turn at {self.upstream} within {self.longest:g} s, "
            f"got one in {_brief(self.retry_after)} s: its rate limit is used up"
        )


class DeadlineExceeded(StreamFault):
    """The time for the whole answer, waiting and further attempts included, is over.

    Attributes:
        seconds: the time that was allowed; None where only the session of the caller knows it.
        what: what did not come about in it.
    """

    transient = False
    error_class = "timeout_total"

    def __init__(self, seconds: float | None, *, what: str = "the answer was not whole") -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.what = what

    def __str__(self) -> str:
        allowed = "in the session's time" if self.seconds is None else f"within {self.seconds:g} s"
        return f"{self.what} {allowed}"


class Rejected(StreamFault):
    """The server answered with an error status.

    Attributes:
        status: HTTP status.
        message: what the server said, in one line.
        headers: response headers, names in lower case.
        request_id: the server's id of this request, if it gave one.
        error: the decoded error body, whatever its shape; None when it is not JSON.
        body: the body as text, keys removed, at most 64 KiB.
        retry_after: seconds from `retry-after-ms`, `retry-after`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        error: Any = None,
        body: str = "",
        retry_after: float | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.request_id = request_id
        self.error = error
        self.body = body
        self.retry_after = retry_after
        self.transient = transient

    def __str__(self) -> str:
        told = f" (request id {self.request_id})" if self.request_id else ""
        return f"expected an answer, got status {self.status}{told}: {self.message}"


_CALLERS_FAULTS = frozenset(
    {
        "authentication_error",
        "billing_error",
        "bio_policy",
        "content_filter",
        "data_residency_mismatch",
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_prompt",
        "invalid_request_error",
        "model_not_found",
        "not_found_error",
        "permission_error",
        "unsupported_parameter",
        "unsupported_value",
    }
)

_PASSING = frozenset(
    {"rate_limit_error", "requests", "server_error", "service_unavailable_error", "tokens"}
)

_BAD_IMAGES = frozenset(
    {
        "empty_image_file",
        "failed_to_download_image",
        "image_content_policy_violation",
        "image_file_not_found",
        "image_file_too_large",
        "image_parse_error",
        "image_too_large",
        "image_too_small",
        "invalid_base64_image",
        "invalid_image",
        "invalid_image_format",
        "invalid_image_mode",
        "invalid_image_url",
        "unsupported_image_media_type",
    }
)
"""Source: OpenAI's OpenAPI document, `ResponseErrorCode`."""


def _blames_the_caller(code: str | int | None, type: str | None) -> bool:
    """Say whether an error in a stream names something that no further attempt can mend."""
    status = int(str(code)) if str(code).isdecimal() else 0
    if 400 <= status < 500:  # noqa: PLR2004  # HTTP status classes
        return status not in {408, 409, 425, 429}
    if code == "invalid_request_error" and type in _PASSING:  # DeepSeek says so of every error
        return False
    return type in _CALLERS_FAULTS or code in _CALLERS_FAULTS or code in _BAD_IMAGES


class UpstreamError(StreamFault):
    """The server put an error into the stream.

    Attributes:
        message: what the server said.
        code: its code, as it stood on the wire: string, integer or None.
        type: its type, if it gave one.
        received: events of this attempt received before.
        raw: the event as it stood on the wire; empty when it came as a body.
    """

    error_class = "error_event"

    def __init__(
        self,
        message: str,
        code: str | int | None = None,
        type: str | None = None,
        *,
        received: int = 0,
        raw: bytes = b"",
    ) -> None:
        super().__init__(message, code, type)
        self.message = message
        self.code = code
        self.type = type
        self.received = received
        self.raw = raw
        self.transient = not _blames_the_caller(code, type)

    def __str__(self) -> str:
        kind = " ".join(str(part) for part in (self.type, self.code) if part is not None)
        said = f"{kind}: {self.message}" if kind else self.message
        return f"the server reported an error after {self.received} events: {said}"


class Malformed(StreamFault):
    """The stream holds something that cannot be part of an answer.

    Attributes:
        expected: what should have stood there.
        got: the beginning of what did.
        received: events of this attempt received before.
    """

    error_class = "protocol"

    def __init__(self, expected: str, got: str, received: int = 0) -> None:
        super().__init__(expected, got, received)
        self.expected = expected
        self.got = got
        self.received = received

    def __str__(self) -> str:
        return f"expected {self.expected}, got {self.got!r} after {self.received} events"


class NotAnEventStream(Malformed):
    """Status 200, but the body is something else than an event stream.

    Attributes:
        content_type: as the server said it.
        body: what was read of it as text, keys removed, at most 64 KiB.
    """

    def __init__(self, content_type: str, got: str, body: str = "") -> None:
        super().__init__("a body of type text/event-stream", got)
        self.args = (content_type, got, body)
        self.content_type = content_type
        self.body = body

    def __str__(self) -> str:
        return f"expected {self.expected}, got {self.content_type or 'no type'}: {self.got!r}"


class EventTooLarge(Malformed):
    """One event of the stream is larger than allowed.

    Attributes:
        size: bytes seen of it so far.
        limit: bytes allowed.
        events: events that were complete before it, in the same read.
    """

    transient = False

    def __init__(self, size: int, limit: int, events: Sequence[Any] = ()) -> None:
        super().__init__(f"an event of at most {limit} bytes", f"at least {size} bytes")
        self.args = (size, limit)
        self.size = size
        self.limit = limit
        self.events = tuple(events)


class SpliceMismatch(StreamFault):
    """A continuation does not go on from what was delivered.

    Attributes:
        expected: what its beginning should have been.
        got: what it was.
    """

    transient = False
    error_class = "protocol"

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got

    def __str__(self) -> str:
        return f"expected a continuation that {self.expected}, got {self.got!r}"


def _brief(seconds: float | None) -> str:
    return f"{round(seconds or 0.0, 1):g}"
