"""Ollama."""

from __future__ import annotations

from fake_openai.dialect import Dialect

from .parts import CORE

DIALECT = Dialect(
    name="ollama",
    serves=CORE | {"completions", "embeddings"},
    models=("llama3.2:latest", "qwen3:8b", "gpt-oss:20b"),
    owner="library",
    id="chatcmpl-{digits3}",
    call_id="call_{alnum8}",
    values={"system_fingerprint": "fp_ollama"},
    chunk_keys=("id", "object", "created", "model", "system_fingerprint", "choices", "usage"),
    choice_keys=("index", "delta", "finish_reason"),
    content_type="text/event-stream",
    role=None,
    role_on_first=True,
    reasoning="reasoning",
    content_beside=True,
    calls="whole",
    call_keys=("id", "index", "type", "function"),
    escape_html=True,
    needs_key=False,
    errors="ollama",
    error_closes=False,
    body_keys=("id", "object", "created", "model", "system_fingerprint", "choices", "usage"),
    body_choice_keys=("index", "message", "finish_reason"),
    nothing={"content": ""},
    call_index=True,
    body_end="\n",
)
