"""Prepared bytes of a streamed answer, as OpenAI's servers write them."""

import json
from functools import cache

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\nx-request-id: req_bench\r\n\r\n"
)
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
WORDS = (" the", " stream", " of", " tokens", " goes", " on", ",", " as", " ever", " before", ".")


def chunk(**fields: object) -> bytes:
    """Return one HTTP chunk that holds one event with a chat chunk."""
    document = {
        "id": "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "gpt-4o-2024-08-06",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        **fields,
    }
    return framed(b"data: " + json.dumps(document, separators=(",", ":")).encode() + b"\n\n")


def framed(event: bytes) -> bytes:
    """Return `event` as one HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(event), event)


def unframed(frame: bytes) -> bytes:
    """Return the event in an HTTP chunk."""
    return frame.partition(b"\r\n")[2][:-2]


def text_frame(text: str) -> bytes:
    """Return the HTTP chunk of one piece of text."""
    return chunk(choices=[_choice({"content": text})])


@cache
def role_frame() -> bytes:
    """Return the first HTTP chunk of an answer."""
    return chunk(choices=[_choice({"role": "assistant", "content": "", "refusal": None})])


@cache
def answer_frames(pieces: int) -> tuple[bytes, ...]:
    """Return an answer of `pieces` pieces of text as HTTP chunks, one event in each."""
    texts = [text_frame(word) for word in WORDS]
    usage = {"prompt_tokens": 12, "completion_tokens": pieces, "total_tokens": 12 + pieces}
    return (
        role_frame(),
        *(texts[n % len(texts)] for n in range(pieces)),
        chunk(choices=[_choice({}, "stop")]),
        chunk(choices=[], usage=usage),
        framed(b"data: [DONE]\n\n"),
        LAST_CHUNK,
    )


@cache
def answer_text(pieces: int) -> str:
    """Return the text of that answer."""
    return "".join(pieces_of(pieces))


def pieces_of(pieces: int) -> list[str]:
    """Return that text in its pieces."""
    return [WORDS[n % len(WORDS)] for n in range(pieces)]


def _choice(delta: dict[str, object], finish: str | None = None) -> dict[str, object]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


PACED = [text_frame(word) for word in WORDS]
"""Chunks for streams without end."""
