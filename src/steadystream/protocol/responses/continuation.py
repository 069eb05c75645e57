"""How a server is asked to go on with a response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from steadystream.errors import GaveUp
from steadystream.events import Rung
from steadystream.protocol.ceilings import tokens_in, tokens_of, with_fewer_tokens
from steadystream.protocol.continuation import ANCHOR, LEAST_ANCHOR, Continuation
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.ladder import Ladder
from steadystream.request import Request

from . import obstacles
from .cursor import cursor_url, is_id
from .match import has_only_reasoned
from .transcript import ResponseTranscript


def is_whole(request: Request, so_far: ResponseTranscript) -> bool:
    """Say whether the response has come to its end."""
    del request  # there is one answer to each
    return so_far.is_finished


def continuation(
    request: Request, so_far: ResponseTranscript, dialect: Dialect, ladder: Ladder | None = None
) -> Continuation | GaveUp:
    """Return how to go on with a response to `request` of which `so_far` was delivered.

    The first way that fits; where none does, what stood in the way.
    """
    del dialect  # no server takes the beginning of a response to go on from
    allowed = ladder or Ladder()
    why = GaveUp.CANNOT_CONTINUE
    for way in (_by_cursor, _once_more, _in_words):
        found = way(request, so_far, allowed)
        if isinstance(found, Continuation):
            return found
        why = found if why is GaveUp.CANNOT_CONTINUE else why
    return why


def _by_cursor(
    request: Request, so_far: ResponseTranscript, ladder: Ladder
) -> Continuation | GaveUp:
    """Ask for the events behind the last one that was delivered."""
    number, follows = so_far.sequence_number, request.method == "GET"
    if Rung.CURSOR not in ladder.rungs or number is None or not so_far.is_numbered:
        return GaveUp.CANNOT_CONTINUE
    if not follows and not (is_id(so_far.id) and so_far.in_background):
        return GaveUp.CANNOT_CONTINUE
    url = cursor_url(request.url, None if follows else so_far.id, number, request.body)
    return Continuation(replace(request, url=url, method="GET"), Rung.CURSOR)


def _once_more(
    request: Request, so_far: ResponseTranscript, ladder: Ladder
) -> Continuation | GaveUp:
    """Ask for the same response again, to be compared with what was delivered."""
    if Rung.REGENERATE not in ladder.rungs or request.method == "GET":
        return GaveUp.CANNOT_CONTINUE
    anew = ladder.reasoning == "again" and has_only_reasoned(so_far)
    why = obstacles.to_once_more(request, so_far, anew=anew)
    return why or Continuation(request, Rung.REGENERATE, anew=anew)


def _in_words(
    request: Request, so_far: ResponseTranscript, ladder: Ladder
) -> Continuation | GaveUp:
    """Tell the model to repeat the last words and go on."""
    text = so_far.text.rstrip()
    anchor = text[-ANCHOR:].lstrip()
    why = obstacles.to_more_text(request, so_far)
    if why is not None:
        return why
    if Rung.INSTRUCT not in ladder.rungs or len(anchor) < LEAST_ANCHOR:
        return GaveUp.CANNOT_CONTINUE
    before = _turns(request.body.get("input"))
    if before is None:
        return GaveUp.CANNOT_CONTINUE
    handed_in = so_far.text_chunks
    body = with_fewer_tokens(request.body, tokens_in(handed_in, text), -tokens_of(anchor))
    said = ladder.instruction.replace("{anchor}", anchor)
    turns = [{"role": "assistant", "content": text}, {"role": "user", "content": said}]
    body["input"] = [*before, *turns]
    return Continuation(
        replace(request, body=body),
        Rung.INSTRUCT,
        whitespace=so_far.text[len(text) :],
        handed_in=handed_in,
        anchor=anchor,
    )


def _turns(given: Any) -> list[Any] | None:
    """Return the input as a list of items; None where the last is a turn of the assistant."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    if given is None:
        return []
    if not isinstance(given, list):
        return None
    last = given[-1] if given else None
    spoken = isinstance(last, Mapping) and last.get("role") == "assistant"
    return None if spoken else given
