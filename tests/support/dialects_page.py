"""The page `docs/reference/fake-dialects.md`: `cd tests && python -m support.dialects_page`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from fake_openai import Answer, FakeOpenAI
from fake_openai.dialect import Continuation, Dialect
from fake_openai.dialects import DIALECTS
from support.openai_client import ask, chat

FILE = Path(__file__).parents[2] / "docs" / "reference" / "fake-dialects.md"
_HEAD = """\
# Dialects of `fake_openai`

This page is generated from the dialects and from what the server sends. Shapes of chunks, order of
keys and the place of usage are those of recorded streams of the providers, or of the source code of
the servers (vLLM, SGLang, Ollama) and the documentation where nothing is recorded.
"""
_CONTINUED = {
    Continuation.NONE: ("not", "new turn"),
    Continuation.FINAL_MESSAGE: (
        "`continue_final_message: true`, `add_generation_prompt: false`",
        "new turn; the first alone is refused",
    ),
    Continuation.FINAL_MESSAGE_OR_USER: (
        "`continue_final_message: true`",
        "taken for a user's message",
    ),
    Continuation.PREFIX_AT_BETA: (
        "`prefix: true` on the message, at `/beta`",
        "new turn; `prefix` at `/v1` is refused",
    ),
    Continuation.PREFIX_ECHOED: (
        "`prefix: true` on the message; the answer repeats it",
        "refused",
    ),
    Continuation.PARTIAL: ("`partial: true` on the message", "new turn"),
    Continuation.PREFILL: ("a trailing assistant message", ""),
}
_SHOWN_HEADERS = 6
_QUIET = ("access-control", "strict-transport", "x-content-type", "alt-svc", "cf-", "server", "via")


def page() -> str:
    """Return the page as it must be."""
    return "\n".join([_HEAD, *_streams(), *_requests(), *asyncio.run(_examples())]).rstrip() + "\n"


def _streams() -> Iterator[str]:
    yield "## Streams\n"
    yield "| dialect | begins with | reasoning | tool calls | ends with | usage | while it waits |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for dialect in DIALECTS.values():
        told = (_begins, _reasoning, _calls, _ends, _usage, _waits)
        yield f"| `{dialect.name}` | {' | '.join(one(dialect) for one in told)} |"


def _begins(dialect: Dialect) -> str:
    if dialect.role_on_first:
        return "role in the first delta"
    if dialect.role is None:
        return "the text"
    filtered = "a chunk of filters, then " if dialect.filters else ""
    everywhere = ", role in every delta" if dialect.role_everywhere else ""
    return (
        f"{filtered}a role chunk with {', '.join(f'`{key}`' for key in dialect.role)}{everywhere}"
    )


def _reasoning(dialect: Dialect) -> str:
    match dialect.reasoning_as:
        case "thinking":
            return "a list in `content`"
        case "details":
            return "`reasoning` and `reasoning_details`"
        case _:
            return f"`{dialect.reasoning}`" if dialect.reasoning else "counted, not shown"


def _calls(dialect: Dialect) -> str:
    match dialect.calls:
        case "fragments":
            return "in fragments"
        case "whole":
            return "whole in a chunk"
        case _:
            return "whole in the last chunk"


def _ends(dialect: Dialect) -> str:
    if dialect.end_on_last:
        return "the finish reason on the last token"
    if dialect.end_twice:
        return "the finish reason twice"
    keys = ", ".join(f"`{key}`" for key in dialect.end)
    return f"a chunk with the finish reason, its delta {f'with {keys}' if keys else 'empty'}"


def _usage(dialect: Dialect) -> str:
    if dialect.stamp:
        return f"finish chunk and `{dialect.stamp}`, always; own chunk, too, when asked for"
    place = "in a chunk of its own" if dialect.usage_on == "chunk" else "in the finish chunk"
    null = {"never": "", "asked": "; null in the others", "always": "; always null in the others"}
    when = "always" if dialect.usage_always else "when asked for"
    return f"{place}, {when}{null[dialect.usage_null]}"


def _waits(dialect: Dialect) -> str:
    first = "headers at once" if dialect.headers_first else "headers with the first token"
    comment = f", then `: {dialect.keep_alive}`" if dialect.keep_alive else ""
    padded = "; white space where it is not streamed" if dialect.body_padding else ""
    return f"{first}{comment}{padded}"


def _requests() -> Iterator[str]:
    yield "\n## Requests\n"
    heads = ("dialect", "a partial answer is continued", "without that", "unknown parameters")
    heads += ("key", "after an error in the stream")
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for dialect in DIALECTS.values():
        how, without = _CONTINUED[dialect.continuation]
        if dialect.no_prefill:
            without = f"models that match `{dialect.no_prefill}` refuse it".replace("|", "\\|")
        strict = {"all": "refused", "top": "refused, not inside of messages", "no": "ignored"}
        header = f", or header `{dialect.key_header}`" if dialect.key_header else ""
        key = f"needed{header}" if dialect.needs_key else "not needed"
        closes = "`[DONE]`" if dialect.error_closes else "nothing"
        event = f", `event: {dialect.error_event}`" if dialect.error_event else ""
        cells = (how, without, strict[dialect.strict], key, closes + event)
        yield f"| `{dialect.name}` | {' | '.join(cells)} |"


async def _examples() -> list[str]:
    told = [
        "\n## What they send\n",
        "A stream of two tokens with usage asked for, and the answer to a wrong key.",
    ]
    for name, dialect in DIALECTS.items():
        keys = ["sk-right"]
        async with FakeOpenAI(name, api_keys=keys) as fake:
            fake.reply(Answer(chunks=["Hello", " there"]))
            body = chat(model=dialect.models[0], stream_options={"include_usage": True})
            raw = await ask(fake, body, headers={"Authorization": "Bearer sk-right"})
            wrong = await ask(fake, body, headers={"Authorization": "Bearer sk-wrong"})
        shown = [line for line in raw.head.split("\r\n")[1:] if _is_telling(line)]
        told += [f"\n### `{name}`\n", "```text", *shown[:_SHOWN_HEADERS], ""]
        told += [raw.body.decode().rstrip("\n"), "```\n"]
        content_type = wrong.headers["content-type"]
        told += [
            f"{wrong.status} `{content_type}`:\n",
            "```text",
            wrong.body.decode().rstrip(),
            "```",
        ]
    return told


def _is_telling(line: str) -> bool:
    low = line.lower()
    return not low.startswith((*_QUIET, "date", "transfer-encoding", "connection"))


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
