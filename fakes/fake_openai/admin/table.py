"""The routes of the admin API; this is the list of them."""

from __future__ import annotations

from . import (
    assertions,
    faults,
    journal,
    live,
    metrics,
    openapi,
    replies,
    scopes,
    settings,
    verdict,
)
from .route import Route

ROUTES: tuple[Route, ...] = (
    *openapi.ROUTES,
    *scopes.ROUTES,
    *settings.ROUTES,
    *replies.ROUTES,
    *faults.ROUTES,
    *journal.ROUTES,
    *assertions.ROUTES,
    *verdict.ROUTES,
    *live.ROUTES,
    *metrics.ROUTES,
)
