"""All that the fake claims, endpoint by endpoint."""

from __future__ import annotations

from .chat import CHAT
from .claim import Endpoint
from .completions import CREATE_COMPLETION
from .conversations import ADD_ITEMS, CHANGE_TALK, CREATE_TALK, LIST_ITEMS
from .responses import CREATE_RESPONSE, GET_RESPONSE, INPUT_ITEMS
from .stored_chats import CHANGE_CHAT, CHAT_MESSAGES, LIST_CHATS
from .stores import CREATE_BATCH, CREATE_FILE, LIST_BATCHES, LIST_FILES
from .texts import EMBEDDINGS, MODERATIONS

ENDPOINTS: tuple[Endpoint, ...] = (
    CHAT,
    LIST_CHATS,
    CHANGE_CHAT,
    CHAT_MESSAGES,
    CREATE_RESPONSE,
    GET_RESPONSE,
    INPUT_ITEMS,
    CREATE_TALK,
    CHANGE_TALK,
    ADD_ITEMS,
    LIST_ITEMS,
    CREATE_COMPLETION,
    EMBEDDINGS,
    MODERATIONS,
    CREATE_FILE,
    LIST_FILES,
    CREATE_BATCH,
    LIST_BATCHES,
)
