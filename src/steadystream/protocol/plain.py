"""The event that nearly all of a stream consists of, read the short way.

A chunk that adds text to the first choice and nothing else needs no look at all that a chunk may
hold. It is decoded into a shape that has no room for anything else: what does not fit is read in
full. That the shape fits is the proof, so no field has to be asked.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from . import chat


class _Delta(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    content: str
    role: Literal["assistant"] | None = None
    reasoning: None = None
    reasoning_content: None = None
    refusal: None = None
    tool_calls: None = None
    function_call: None = None


class _Choice(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    delta: _Delta
    index: Literal[0] = 0
    finish_reason: None = None
    logprobs: None = None
    native_finish_reason: None = None
    stop_reason: None = None
    matched_stop: None = None
    token_ids: None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: tuple[_Choice]
    usage: None = None
    error: None = None
    x_groq: None = None


_decode = msgspec.json.Decoder(_Chunk).decode


def text_of(data: bytes) -> str | None:
    """Return the text that a chunk adds; None for one that holds anything else, or nothing.

    Args:
        data: the data of one event, as it stood on the wire.
    """
    try:
        return _decode(data).choices[0].delta.content or None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def chunk_of(raw: bytes) -> chat.Chunk | None:
    """Return the whole chunk in an event of which `text_of` gave the text."""
    return chat.decode(raw[len(b"data: ") : -len(b"\n\n")])
