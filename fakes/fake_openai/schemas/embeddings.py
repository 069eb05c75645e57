"""The body of `POST /v1/embeddings`."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Record, Text, Whole

_TOKEN = Whole(lowest=0, highest=200_018, null="wrong")

EMBEDDINGS = Record(
    members={
        "input": Either(
            rules=[
                Text(),
                Array(
                    of=Either(
                        rules=[
                            Text(null="wrong"),
                            _TOKEN,
                            Array(of=_TOKEN, shortest=1, null="wrong"),
                        ],
                        null="wrong",
                    ),
                    shortest=1,
                    longest=2048,
                ),
            ],
            null="wrong",
        ),
        "model": Text(),
        "encoding_format": Text(choices=("float", "base64")),
        "dimensions": Whole(lowest=1),
        "user": Text(),
    },
    required=("input", "model"),
)
