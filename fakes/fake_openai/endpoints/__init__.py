"""The endpoints, one a file; this is the list of them."""

from __future__ import annotations

from fake_openai.endpoint import Endpoint

from . import chat, models

ENDPOINTS: tuple[Endpoint, ...] = (
    *chat.ENDPOINTS,
    *models.ENDPOINTS,
)
