"""The body of `POST /v1/moderations`."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Record, Tagged, Text

_PART = Tagged(
    variants={
        "text": Record(members={"type": Text(), "text": Text()}, required=("type", "text")),
        "image_url": Record(
            members={
                "type": Text(),
                "image_url": Record(members={"url": Text()}, required=("url",)),
            },
            required=("type", "image_url"),
        ),
    }
)

MODERATIONS = Record(
    members={
        "input": Either(
            rules=[Text(), Array(of=Either(rules=[Text(null="wrong"), _PART]), shortest=1)],
            null="wrong",
        ),
        "model": Text(),
    },
    required=("input",),
)
