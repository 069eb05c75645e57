"""The verdict on the client under test."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from fake_openai.claiming.verdict import judge

from .route import Call, Route
from .schemas import COUNT, TEXT, closed, ref


def _verdict(call: Call) -> Any:
    verdict = judge(call.scope.journal.list(), call.service.clock.now())
    if "text/plain" in call.request.headers.get("Accept", ""):
        return web.Response(text=f"{verdict}\n")
    return verdict.to_json()


ROUTES = (
    Route(
        "GET",
        "/_fake/verdict",
        "Say for each request that failed what the client did; as a table with Accept: text/plain.",
        _verdict,
        closed(
            {
                "counts": {"type": "object", "additionalProperties": COUNT},
                "judgements": {"type": "array", "items": ref("Judgement")},
                "text": TEXT,
            }
        ),
        errors=(404,),
    ),
)
