"""Messages of a chat."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Record, Rule, Text

from .shared import CACHE_BREAKPOINT, NAME, kinds, some

_CACHED = {"prompt_cache_breakpoint": CACHE_BREAKPOINT}
_REQUIRED_TEXT = Text(null="wrong")
TEXT_PART = Record(members={"text": _REQUIRED_TEXT, **_CACHED}, required=("text",))
_IMAGE_PART = Record(
    members={
        "image_url": Record(
            members={
                "url": _REQUIRED_TEXT,
                "detail": Text(choices=("auto", "low", "high", "original")),
            },
            required=("url",),
        ),
        **_CACHED,
    },
    required=("image_url",),
)
_AUDIO_PART = Record(
    members={
        "input_audio": Record(
            members={
                "data": _REQUIRED_TEXT,
                "format": Text(choices=("wav", "mp3"), null="wrong"),
            },
            required=("data", "format"),
        ),
        **_CACHED,
    },
    required=("input_audio",),
)
_FILE_PART = Record(
    members={
        "file": Record(members={"filename": Text(), "file_data": Text(), "file_id": Text()}),
        **_CACHED,
    },
    required=("file",),
)
_REFUSAL_PART = Record(members={"refusal": _REQUIRED_TEXT}, required=("refusal",))

_TEXTS = kinds(text=TEXT_PART)
_CALL = kinds(
    function=Record(
        members={
            "id": _REQUIRED_TEXT,
            "function": Record(
                members={"name": _REQUIRED_TEXT, "arguments": _REQUIRED_TEXT},
                required=("name", "arguments"),
            ),
        },
        required=("id", "function"),
    ),
    custom=Record(
        members={
            "id": _REQUIRED_TEXT,
            "custom": Record(
                members={"name": _REQUIRED_TEXT, "input": _REQUIRED_TEXT},
                required=("name", "input"),
            ),
        },
        required=("id", "custom"),
    ),
)


def _content(parts: Rule) -> Either:
    # Whether it must be there is looked at when all messages have been gone through, as the API
    # does; see `schemas.chat_order`.
    return Either(rules=(Text(), some(parts)))


MESSAGE = kinds(
    tag="role",
    firm=True,
    system=Record(members={"content": _content(_TEXTS), "name": NAME}),
    assistant=Record(
        members={
            "content": _content(kinds(text=TEXT_PART, refusal=_REFUSAL_PART)),
            "name": NAME,
            "refusal": Text(),
            "annotations": Array(),
            "audio": Record(members={"id": _REQUIRED_TEXT}, required=("id",), open=True),
            "tool_calls": some(_CALL),
            "function_call": Record(
                members={"name": _REQUIRED_TEXT, "arguments": _REQUIRED_TEXT},
                required=("arguments", "name"),
            ),
        }
    ),
    user=Record(
        members={
            "content": _content(
                kinds(
                    text=TEXT_PART,
                    image_url=_IMAGE_PART,
                    input_audio=_AUDIO_PART,
                    file=_FILE_PART,
                )
            ),
            "name": NAME,
        }
    ),
    function=Record(
        members={"content": Text(), "name": NAME},
        required=("name",),
    ),
    # `name` is in no description of the API, which takes it: its first guides sent it.
    tool=Record(
        members={"content": _content(_TEXTS), "tool_call_id": _REQUIRED_TEXT, "name": NAME},
        required=("tool_call_id",),
    ),
    developer=Record(
        members={"content": _content(_TEXTS), "name": NAME},
        required=("content",),
    ),
)
