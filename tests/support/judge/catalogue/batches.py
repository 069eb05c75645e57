"""`/v1/batches`."""

from __future__ import annotations

import json
from typing import Any

from support.judge.asking import Ask, Case

from .files import upload

_BODY = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hi"}]}
_BATCH = {
    "input_file_id": "{0.id}",
    "endpoint": "/v1/chat/completions",
    "completion_window": "24h",
}


def _line(id: str, body: Any) -> str:
    line = {"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(line) + "\n"


GOOD = _line("a", _BODY) + _line("b", _BODY)
_MIXED = _line("a", _BODY) + _line("b", {**_BODY, "temperature": "hot"})
_ONE = Ask("/v1/batches/{1.id}", method="GET")


def _batch(**more: Any) -> Ask:
    return Ask("/v1/batches", {**_BATCH, **more})


BATCHES = [
    Case("batches, begun, told, listed, over", [
        upload("batch", GOOD),
        _batch(metadata={"a": "b"}),
        _ONE,
        Ask("/v1/batches?limit=1", method="GET"),
        _ONE.until("completed"),
        Ask("/v1/files/{4.output_file_id}", method="GET"),
        Ask("/v1/files/{4.output_file_id}/content", method="GET"),
        Ask("/v1/batches/{1.id}/cancel", status=409),
    ]),
    Case("batches, with errors", [
        upload("batch", _MIXED),
        _batch(),
        _ONE.until("completed"),
        Ask("/v1/files/{2.error_file_id}", method="GET"),
    ]),
    Case("batches, a file of something else", [
        upload("batch", "no JSON"), _batch(), _ONE.until("failed"),
    ]),
    Case("batches, cancelled", [
        upload("batch", GOOD), _batch(), Ask("/v1/batches/{1.id}/cancel"),
    ]),
    Case("batches, one whose files expire", [
        upload("batch", GOOD),
        _batch(output_expires_after={"anchor": "created_at", "seconds": 3600}),
    ]),
    Case("batches, none", [Ask("/v1/batches", method="GET")]),
    Case("batches, no such file", [
        Ask("/v1/batches", {**_BATCH, "input_file_id": "file-0"}, status=404),
    ]),
    Case("batches, no such batch", [Ask("/v1/batches/batch_0", method="GET", status=404)]),
]  # fmt: skip
