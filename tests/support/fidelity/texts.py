"""`POST /embeddings` and `POST /moderations`."""

from __future__ import annotations

from support.judge.asking import Ask

from .claim import Endpoint, idle, obeyed

EMBEDDINGS = Endpoint(
    "POST /embeddings",
    Ask("/v1/embeddings", {"model": "text-embedding-3-small", "input": "hello"}),
    {
        "model": obeyed(
            "text-embedding-3-large", lambda told: told.body["model"] == "text-embedding-3-large"
        ),
        "input": obeyed(["a", "b"], lambda told: len(told.body["data"]) == 2),
        "dimensions": obeyed(8, lambda told: len(told.body["data"][0]["embedding"]) == 8),
        "encoding_format": obeyed(
            "base64", lambda told: isinstance(told.body["data"][0]["embedding"], str)
        ),
        "user": idle("u-1"),
    },
)
MODERATIONS = Endpoint(
    "POST /moderations",
    Ask("/v1/moderations", {"input": "hello"}),
    {
        "input": obeyed("I will kill you", lambda told: told.body["results"][0]["flagged"]),
        "model": obeyed(
            "omni-moderation-2024-09-26",
            lambda told: told.body["model"] == "omni-moderation-2024-09-26",
        ),
    },
)
