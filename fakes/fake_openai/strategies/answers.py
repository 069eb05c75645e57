"""Texts, tool calls and answers."""

from __future__ import annotations

from hypothesis import strategies as st

from fake_openai.scripts.script import Answer, ToolCall

LONGEST = 80  # characters
# What decoders of SSE and of JSON stumble over, beside everything else that text may be.
_TRICKY = (
    *("\n\n", "\r\n", "\r", "data: ", "[DONE]", "\u2028", "\x85", "🌊", "é", '"', "\\", "<|"),
    *("\x00", "\ufeff", "e\u0301", "👩\u200d🚀", ": ", "\x1e", "\\u00", "\u202e", " "),
)


def texts(*, min_size: int = 0, max_size: int = LONGEST) -> st.SearchStrategy[str]:
    """Texts of any characters that JSON can carry, tricky ones among them.

    Args:
        min_size: characters at least.
        max_size: characters at most.
    """
    plain = st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size, max_size=max_size)
    words = st.sampled_from(("one ", "two ", "three ", *_TRICKY))
    spiced = st.lists(words, min_size=min_size, max_size=max(1, max_size // 6)).map("".join)
    return st.one_of(plain, spiced).filter(lambda text: min_size <= len(text) <= max_size)


def tool_calls() -> st.SearchStrategy[ToolCall]:
    """Calls of tools, with arguments of every JSON type."""
    names = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=5,
    )
    return st.builds(ToolCall, names, st.dictionaries(names, values, max_size=3))


@st.composite
def answers(
    draw: st.DrawFn,
    *,
    min_size: int = 0,
    tools: bool = False,
    reasoning: bool = False,
    refusals: bool = False,
) -> Answer:
    """Answers, each cut into chunks at places of its own.

    Args:
        draw: of Hypothesis.
        min_size: characters of text at least.
        tools: whether tools may be called.
        reasoning: whether there may be reasoning.
        refusals: whether it may be a refusal.
    """
    # Nothing that is drawn depends on what was drawn before: that lets it shrink.
    text = draw(texts(min_size=min_size))
    marks = draw(st.sets(st.integers(1, LONGEST), max_size=6))
    calls = draw(st.lists(tool_calls(), max_size=2)) if tools else []
    thought = draw(texts(max_size=30)) if reasoning else ""
    if refusals and draw(st.booleans()) and text:
        return Answer(refusal=text)
    cuts = sorted(mark for mark in marks if mark < len(text))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return Answer(text, reasoning=thought, tool_calls=calls, chunks=chunks if cuts else None)
