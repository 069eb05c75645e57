"""All that the fake claims, endpoint by endpoint."""

from __future__ import annotations

from .chat import CHAT
from .claim import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (CHAT,)
