"""Request bodies that the API accepts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .answers import texts

_MODELS = st.sampled_from(("gpt-4o-mini", "gpt-4.1", "m"))
_TENTHS = st.integers(0, 10).map(lambda tenth: tenth / 10)
_WARMTH = st.integers(0, 20).map(lambda tenth: tenth / 10)
_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
_FORMATS = st.sampled_from(
    (
        {"type": "text"},
        {
            "type": "json_schema",
            "json_schema": {"name": "trip", "strict": True, "schema": _SCHEMA},
        },
    )
)
_FUNCTION = {"name": "get_weather", "parameters": _SCHEMA, "strict": True}


@st.composite
def request_bodies(
    draw: st.DrawFn, *, stream: bool | None = None, tools: bool = False
) -> dict[str, Any]:
    """Bodies of chat completions.

    Args:
        draw: of Hypothesis.
        stream: whether they ask for a stream; None = some do.
        tools: whether some offer a tool, and some want JSON of a schema.
    """
    roles = st.sampled_from(("user", "system", "developer"))
    message = st.fixed_dictionaries({"role": roles, "content": texts(min_size=1)})
    last = st.fixed_dictionaries({"role": st.just("user"), "content": texts(min_size=1)})
    body: dict[str, Any] = {
        "model": draw(_MODELS),
        "messages": [*draw(st.lists(message, max_size=2)), draw(last)],
    }
    one_stop = texts(min_size=1, max_size=4)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "temperature": _WARMTH,
        "top_p": _TENTHS,
        "max_tokens": st.integers(1, 64),
        "n": st.integers(1, 3),
        "seed": st.integers(0, 99),
        "stop": one_stop | st.lists(one_stop, min_size=1, max_size=4),
        "user": st.just("someone"),
        "logprobs": st.booleans(),
    }
    if tools:
        optional["response_format"] = _FORMATS
        optional["tools"] = st.just([{"type": "function", "function": _FUNCTION}])
    body |= draw(st.fixed_dictionaries({}, optional=optional))
    if "tools" in body:
        body |= draw(st.sampled_from(({}, {"tool_choice": "required"}, {"tool_choice": "none"})))
    body |= _streamed(draw, stream)
    if body.get("stream") and draw(st.booleans()):
        body["stream_options"] = {"include_usage": draw(st.booleans())}
    return body


@st.composite
def response_bodies(
    draw: st.DrawFn, *, stream: bool | None = None, tools: bool = False
) -> dict[str, Any]:
    """Bodies of the Responses API.

    Args:
        draw: of Hypothesis.
        stream: whether they ask for a stream; None = some do.
        tools: whether some offer a tool.
    """
    message = st.fixed_dictionaries(
        {"role": st.sampled_from(("user", "system", "developer")), "content": texts(min_size=1)}
    )
    several = st.lists(message, min_size=1, max_size=3)
    body: dict[str, Any] = {
        "model": draw(st.sampled_from(("gpt-4o-mini", "gpt-4.1"))),
        "input": draw(texts(min_size=1) | several),
    }
    optional: dict[str, st.SearchStrategy[Any]] = {
        "temperature": _WARMTH,
        "top_p": _TENTHS,
        "max_output_tokens": st.integers(16, 64),
        "instructions": texts(min_size=1),
        "store": st.booleans(),
        "metadata": st.dictionaries(st.sampled_from(("a", "b")), st.just("c")),
    }
    if tools:
        optional["tools"] = st.just([{"type": "function", **_FUNCTION}])
    body |= draw(st.fixed_dictionaries({}, optional=optional))
    return body | _streamed(draw, stream)


@st.composite
def embedding_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Bodies of embeddings: text, several texts, tokens, several of them."""
    tokens = st.lists(st.integers(0, 50_000), min_size=1, max_size=5)
    text = texts(min_size=1)
    several = st.lists(text, min_size=1, max_size=3) | st.lists(tokens, min_size=1, max_size=3)
    optional = {
        "dimensions": st.sampled_from((1, 8, 256, 1536)),
        "encoding_format": st.sampled_from(("float", "base64")),
        "user": st.just("someone"),
    }
    return {
        "model": draw(st.sampled_from(("text-embedding-3-small", "text-embedding-3-large"))),
        "input": draw(text | several | tokens),
    } | draw(st.fixed_dictionaries({}, optional=optional))


def _streamed(draw: st.DrawFn, stream: bool | None) -> dict[str, Any]:
    return {"stream": True} if (draw(st.booleans()) if stream is None else stream) else {}
