"""The endpoints, one a file; this is the list of them."""

from __future__ import annotations

from fake_openai.endpoint import Endpoint

from . import (
    batches,
    chat,
    completions,
    conversations,
    embeddings,
    files,
    input_tokens,
    models,
    moderations,
    responses,
    stored_chat,
    stored_responses,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *chat.ENDPOINTS,
    *completions.ENDPOINTS,
    *models.ENDPOINTS,
    *embeddings.ENDPOINTS,
    *moderations.ENDPOINTS,
    *files.ENDPOINTS,
    *batches.ENDPOINTS,
    *responses.ENDPOINTS,
    *input_tokens.ENDPOINTS,
    *conversations.ENDPOINTS,
    *stored_responses.ENDPOINTS,
    *stored_chat.ENDPOINTS,
)
