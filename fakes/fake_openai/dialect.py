"""What a provider says on the wire, as a record of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from .counting import usage
from .responses.form import ResponsesForm


class Continuation(StrEnum):
    """How a partial assistant message is handed in to be continued."""

    NONE = "none"
    """Not at all: a trailing assistant message is history, a new turn begins."""
    FINAL_MESSAGE = "final_message"
    """vLLM: `continue_final_message` true and `add_generation_prompt` false."""
    FINAL_MESSAGE_OR_USER = "final_message_or_user"
    """SGLang: `continue_final_message`; without it the message is taken for a user's."""
    PREFIX_AT_BETA = "prefix_at_beta"
    """DeepSeek: `prefix: true` on the message, only under `/beta`."""
    PREFIX_ECHOED = "prefix_echoed"
    """Mistral: `prefix: true` on the message; the answer begins with the prefix."""
    PARTIAL = "partial"
    """Qwen, Kimi: `partial: true` on the message."""
    PREFILL = "prefill"
    """OpenRouter, Groq: a trailing assistant message is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One provider.

    Templates are those of `ids.fill`.

    Attributes:
        name: as in `FakeOpenAI(dialect=...)`.
        models: models it offers.
        owner: `owned_by` of its models.
        id: template of the id of an answer.
        call_id: template of the id of a tool call.
        values: members of a chunk that are the same in all; strings are templates.
        chunk_keys: members of a chunk, in order; `usage` stands only where usage is due.
        choice_keys: members of a choice, in order.
        role_choice_keys: the same for the first chunk, where the order differs.
        end_choice_keys: the same for the chunk with the finish reason.
        choice_values: members of a choice that are always the same.
        no_logprobs: models, a pattern, whose choices have no `logprobs`.
        no_fingerprint: models, a pattern, whose `system_fingerprint` is null.
        content_type: of a stream.
        headers: of every response; values are templates.
        role: delta of the first chunk of a choice; None = there is no such chunk.
        role_on_first: the first delta of the answer has the role, too.
        role_everywhere: whether every delta repeats the role.
        end: delta of the chunk with the finish reason.
        end_on_last: the finish reason rides on the last token.
        end_twice: the finish reason comes in two chunks, the second with usage.
        end_values: further members of the choice with the finish reason.
        delta_keys: members every delta has, null where nothing is to say; empty = those used.
        reasoning: name of the member for reasoning; empty = it is counted, but not shown.
        reasoning_as: `text` = a string; `thinking` = Mistral's list in `content`; `details` = a
            string and OpenRouter's `reasoning_details`.
        reasoning_nulls: in answers with reasoning the one is null where the other speaks.
        content_beside: beside reasoning and tool calls `content` is an empty text.
        calls: a tool call comes in fragments, whole in one chunk, or whole in the last chunk.
        call_keys: members of a tool call where it begins, in order.
        call_in_role: a lone tool call without text begins in the first chunk of the choice.
        fragment_id: `id` in later fragments of a tool call; None = no such member.
        usage: shape of the usage object.
        usage_on: where usage stands: `chunk` = in one of its own, `end` = beside the finish reason.
        usage_always: also when nobody asked with `stream_options.include_usage`.
        usage_running: whether `stream_options.continuous_usage_stats` puts usage on each chunk:
            `asked` = if `include_usage` is asked for, too; `alone` = also without; empty = no.
        running_keys: members of that usage; empty = all.
        usage_null: when the other chunks have `usage: null`.
        filters: content filters speak: in a first chunk of their own and in every choice.
        stamp: member with an id of its own in the first and the last chunk (`x_groq`).
        stamp_id: template of that id.
        pad: member that hides the length of tokens.
        sort_keys: members stand in alphabetical order.
        escape_html: `<`, `>` and `&` are escaped.
        keep_alive: comment sent while nothing is ready; empty = none.
        opens_with: comments sent before the first chunk: how many.
        headers_first: headers are sent before the first token is ready.
        continuation: how to continue a partial answer.
        no_prefill: models, a pattern, that refuse a trailing assistant message.
        strict: where unknown parameters and values are refused: in `all` of a request, at the
            `top` of it, or not (`no`). With `all` models refuse what they cannot do, too.
        ordered: whether tool messages must answer the tool calls before them, all of them.
        wants_json: whether JSON may only be asked for where a message says so.
        stop_key: member of a choice that names the stop text which ended it; empty = none does.
        roots: what stands before the paths of the endpoints, a pattern; group `model` names the
            model.
        versioned: paths, a pattern, below which a request must name its `api-version`.
        serves: names of the endpoints it has.
        needs_key: whether a request without a key is refused.
        key_header: header that may hold the key instead of `Authorization`.
        errors: form of error bodies.
        error_event: `event` of an error in the stream.
        error_closes: whether an error in the stream is followed by `[DONE]`.
        body_keys: members of a whole answer (not streamed), in order.
        body_choice_keys: members of its choices.
        message_keys: members of its messages; null where nothing is to say, see `optional`.
        optional: members left out of a message when there is nothing to say.
        nothing: what stands in a member of a message when there is nothing to say, if not null (in
            `annotations` and in `content` beside tool calls: an empty list, null).
        call_index: whether tool calls of a whole answer are numbered.
        indent: spaces of indentation of a whole answer; None = compact.
        body_end: what stands after its JSON.
        body_padding: white space sent before it while nothing is ready.
        responses: form of its Responses API.
    """

    name: str
    models: tuple[str, ...]
    owner: str
    id: str = "chatcmpl-{alnum29}"
    call_id: str = "call_{alnum24}"
    values: Mapping[str, Any] = field(default_factory=dict)
    chunk_keys: tuple[str, ...] = ("id", "object", "created", "model", "choices", "usage")
    choice_keys: tuple[str, ...] = ("index", "delta", "logprobs", "finish_reason")
    role_choice_keys: tuple[str, ...] = ()
    end_choice_keys: tuple[str, ...] = ()
    choice_values: Mapping[str, Any] = field(default_factory=dict)
    no_logprobs: str = ""
    no_fingerprint: str = ""
    content_type: str = "text/event-stream; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    role: Mapping[str, Any] | None = field(
        default_factory=lambda: {"role": "assistant", "content": ""}
    )
    role_on_first: bool = False
    role_everywhere: bool = False
    end: Mapping[str, Any] = field(default_factory=dict)
    end_on_last: bool = False
    end_twice: bool = False
    end_values: Mapping[str, Any] = field(default_factory=dict)
    delta_keys: tuple[str, ...] = ()
    reasoning: str = "reasoning_content"
    reasoning_as: Literal["text", "thinking", "details"] = "text"
    reasoning_nulls: bool = False
    content_beside: bool = False
    calls: Literal["fragments", "whole", "whole_at_end"] = "fragments"
    call_keys: tuple[str, ...] = ("index", "id", "type", "function")
    call_in_role: bool = False
    fragment_id: str | None = None
    usage: usage.Shape = usage.plain
    usage_on: Literal["chunk", "end"] = "chunk"
    usage_always: bool = False
    usage_running: Literal["", "asked", "alone"] = ""
    running_keys: tuple[str, ...] = ()
    usage_null: Literal["never", "asked", "always"] = "never"
    filters: bool = False
    stamp: str = ""
    stamp_id: str = ""
    pad: Literal["", "obfuscation", "p"] = ""
    sort_keys: bool = False
    escape_html: bool = False
    keep_alive: str = ""
    opens_with: tuple[int, int] = (0, 0)
    headers_first: bool = False
    continuation: Continuation = Continuation.NONE
    no_prefill: str = ""
    strict: Literal["all", "top", "no"] = "no"
    ordered: bool = False
    wants_json: bool = False
    stop_key: str = ""
    roots: str = "/v1"
    versioned: str = ""
    serves: frozenset[str] = frozenset({"chat", "models"})
    needs_key: bool = True
    key_header: str = ""
    errors: Literal[
        "openai",
        "azure",
        "deepseek",
        "vllm",
        "sglang",
        "mistral",
        "compact",
        "openrouter",
        "groq",
        "ollama",
    ] = "openai"
    error_event: str = ""
    error_closes: bool = True
    body_keys: tuple[str, ...] = ("id", "object", "created", "model", "choices", "usage")
    body_choice_keys: tuple[str, ...] = ("index", "message", "logprobs", "finish_reason")
    message_keys: tuple[str, ...] = ("role", "content", "reasoning", "tool_calls")
    optional: frozenset[str] = frozenset({"reasoning", "tool_calls"})
    nothing: Mapping[str, Any] = field(default_factory=dict)
    call_index: bool = False
    indent: int | None = None
    body_end: str = ""
    body_padding: str = ""
    responses: ResponsesForm = field(default_factory=ResponsesForm)
