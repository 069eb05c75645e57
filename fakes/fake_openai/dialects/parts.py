"""What several dialects have in common."""

from __future__ import annotations

CORE = frozenset({"chat", "models"})

EVERYTHING = CORE | {
    "batches",
    "completions",
    "conversations",
    "embeddings",
    "files",
    "moderations",
    "responses",
    "stored_chat",
}
