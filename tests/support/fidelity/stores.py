"""`/files` and `/batches`."""

from __future__ import annotations

from support.judge.asking import Ask
from support.judge.catalogue.batches import GOOD
from support.judge.catalogue.files import upload

from .claim import Claim, Endpoint, Shows, echoed, obeyed

_FILES = (upload("batch", GOOD), upload("fine-tune"))
_BATCH = {
    "input_file_id": "{0.id}",
    "endpoint": "/v1/chat/completions",
    "completion_window": "24h",
}
_EXPIRES = {"anchor": "created_at", "seconds": 3600}
_OUTPUT = (
    Ask("/v1/batches/{2.id}", method="GET").until("completed"),
    Ask("/v1/files/{3.output_file_id}", method="GET"),
)
_ONE: Shows = lambda told: len(told.body["data"]) == 1  # noqa: E731 (a name for a claim)
_EXPIRING: Shows = lambda told: told.body["expires_at"] is not None  # noqa: E731

CREATE_FILE = Endpoint(
    "POST /files",
    upload("batch"),
    {
        "file": obeyed(("b.txt", "text"), lambda told: told.body["filename"] == "b.txt"),
        "purpose": Claim(
            does="echoed",
            value="fine-tune",
            shows=lambda told: told.body["purpose"] == "fine-tune",
            wrong="fun",
        ),
        "expires_after": obeyed({"anchor": "created_at", "seconds": "3600"}, _EXPIRING),
        "expires_after.anchor": Claim(
            does="no effect",
            value="created_at",
            beside={"expires_after.seconds": "3600", "expires_after.anchor": "created_at"},
            wrong="last_used",
        ),
        "expires_after.seconds": Claim(
            does="obeyed",
            value="3600",
            shows=_EXPIRING,
            beside={"expires_after.anchor": "created_at"},
            wrong="some",
        ),
    },
)
LIST_FILES = Endpoint(
    "GET /files",
    Ask("/v1/files", method="GET"),
    {
        "purpose": obeyed("batch", _ONE),
        "limit": obeyed(1, _ONE),
        "order": Claim(
            does="obeyed",
            value="asc",
            shows=lambda told: told.body["data"][0]["purpose"] == "batch",
            wrong="best",
        ),
        "after": Claim(does="obeyed", value="{1.id}", shows=_ONE, wrong="nothing"),
    },
    _FILES,
)
CREATE_BATCH = Endpoint(
    "POST /batches",
    Ask("/v1/batches", _BATCH),
    {
        "input_file_id": echoed(
            "{0.id}", lambda told: told.body["input_file_id"].startswith("file-"), required=True
        ),
        "endpoint": echoed(
            "/v1/embeddings", lambda told: told.body["endpoint"] == "/v1/embeddings"
        ),
        "completion_window": echoed(
            "24h", lambda told: told.body["completion_window"] == "24h", required=True
        ),
        "metadata": echoed({"a": "b"}, lambda told: told.body["metadata"] == {"a": "b"}),
        "output_expires_after": Claim(
            does="obeyed", value=_EXPIRES, shows=_EXPIRING, after=_OUTPUT
        ),
        "output_expires_after.anchor": Claim(
            does="obeyed",
            value="created_at",
            shows=_EXPIRING,
            beside={"output_expires_after.seconds": 3600},
            after=_OUTPUT,
        ),
        "output_expires_after.seconds": Claim(
            does="obeyed",
            value=3600,
            shows=_EXPIRING,
            beside={"output_expires_after.anchor": "created_at"},
            after=_OUTPUT,
        ),
    },
    _FILES,
)
LIST_BATCHES = Endpoint(
    "GET /batches",
    Ask("/v1/batches", method="GET"),
    {
        "limit": obeyed(1, _ONE),
        "after": Claim(does="obeyed", value="{3.id}", shows=_ONE, wrong="nothing"),
    },
    (*_FILES, Ask("/v1/batches", _BATCH), Ask("/v1/batches", _BATCH)),
)
