"""Events as bytes, for who hands a stream on."""

from __future__ import annotations

from steadystream.events import Event, Restarted, Resumed, WireEvent


def event_bytes(event: Event, *, seam_comments: bool = False) -> bytes:
    """Return what stands on the wire for an event of an answer; b"" where it says nothing.

    All of them one behind the other are a stream as a server would have sent it.

    Args:
        event: of an answer, in its order.
        seam_comments: whether there is a comment where attempts were joined, such as
            `: steadystream resumed rung=exact_prefix attempt=2 position=1234 cause=Disconnected`.
            Readers of event streams skip comments. Nothing in it comes from a server or a caller.
    """
    if isinstance(event, WireEvent):
        return event.raw
    return seam_comment(event) if seam_comments else b""


def seam_comment(event: Event) -> bytes:
    """Return the comment for an event that joins attempts; b"" for any other.

    A wait has none: it joins nothing, and may yet end in an error.
    """
    match event:
        case Resumed(seam=seam):
            how = f"resumed rung={seam.rung} attempt={seam.attempt} position={seam.position}"
            cause = seam.cause
        case Restarted(attempt=attempt, cause=cause):
            how = f"restarted attempt={attempt}"
        case _:
            return b""
    # Of the cause only its kind: what it says may come from a server, with line ends in it.
    return f": steadystream {how} cause={type(cause).__name__}\n\n".encode()
