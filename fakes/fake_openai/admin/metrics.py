"""Metrics for Prometheus, at `/metrics`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from fake_openai.clocks.clock import Clock

from .route import Call, Field, Refused, Route
from .schemas import TEXTS

if TYPE_CHECKING:
    from fake_openai.front.service import Service

_EVERY = 0.1  # seconds
_NO_LIBRARY = "metrics need prometheus-client: pip install 'steadystream[metrics]'"


async def _metrics(call: Call) -> web.StreamResponse:
    try:
        from fake_openai.keeping import metrics  # noqa: PLC0415 (its library is an extra)
    except ModuleNotFoundError as missing:
        if missing.name is None or not missing.name.startswith("prometheus_client"):
            raise
        raise Refused(501, _NO_LIBRARY) from None
    service = call.service
    # Time that leaps or is moved by hand says nothing of the loop, and would leap for it.
    if not service.measures_lag and type(service.clock) is Clock:
        service.measures_lag = True
        service.spawn(_measure(service))
    accept = ",".join(call.request.headers.getall("Accept", []))
    body, content_type = metrics.page(service.counters, accept, call.query.get("name[]", ()))
    return web.Response(body=body, headers={"Content-Type": content_type})


async def _measure(service: Service) -> None:
    now = asyncio.get_running_loop().time
    while True:
        began = now()
        await asyncio.sleep(_EVERY)
        service.counters.late(max(0.0, now() - began - _EVERY))


ROUTES = (
    Route(
        "GET",
        "/metrics",
        "Show what was counted, for Prometheus; as OpenMetrics where that is asked for.",
        _metrics,
        query=(Field("name[]", TEXTS, "only series with these names"),),
        type="text/plain",
        scoped=False,
        errors=(501,),
    ),
)
