"""The routes of the admin API; this is the list of them."""

from __future__ import annotations

from . import (
    assertions,
    faults,
    journal,
    live,
    metrics,
    openapi,
    page,
    replies,
    scopes,
    settings,
    verdict,
)
from .route import Route

ROUTES: tuple[Route, ...] = (
    *page.ROUTES,
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
