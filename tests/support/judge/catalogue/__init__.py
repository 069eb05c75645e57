"""Requests that exercise every endpoint and what it obeys, for dialect `openai`.

A line a case, a file an endpoint. Whoever adds an endpoint or a parameter adds its cases here: the
judges watch them without a further word.
"""

from __future__ import annotations

from .batches import BATCHES
from .chat import CHATS, REFUSED
from .completions import COMPLETIONS
from .conversations import CONVERSATIONS
from .files import FILES
from .models import MODELS
from .responses import CASES as RESPONSES
from .stored_chats import STORED_CHATS
from .texts import TEXTS

CASES = [
    *CHATS,
    *MODELS,
    *COMPLETIONS,
    *TEXTS,
    *FILES,
    *BATCHES,
    *RESPONSES,
    *CONVERSATIONS,
    *STORED_CHATS,
    *REFUSED,
]

__all__ = ["CASES", "REFUSED"]
