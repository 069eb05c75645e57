"""`/v1/models`."""

from __future__ import annotations

from support.judge.asking import Ask, Case

MODELS = [
    Case("models", [Ask("/v1/models", method="GET")]),
    Case("a model", [Ask("/v1/models/gpt-4o", method="GET")]),
    Case("no such model", [Ask("/v1/models/gpt-0", method="GET", status=404)]),
]
