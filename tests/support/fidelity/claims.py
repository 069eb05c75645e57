"""All that the fake claims, endpoint by endpoint."""

from __future__ import annotations

from .chat import CHAT
from .claim import Endpoint
from .stores import CREATE_BATCH, CREATE_FILE, LIST_BATCHES, LIST_FILES
from .texts import EMBEDDINGS, MODERATIONS

ENDPOINTS: tuple[Endpoint, ...] = (
    CHAT,
    EMBEDDINGS,
    MODERATIONS,
    CREATE_FILE,
    LIST_FILES,
    CREATE_BATCH,
    LIST_BATCHES,
)
