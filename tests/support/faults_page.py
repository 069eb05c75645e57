"""The page `docs/reference/faults.md`: `cd tests && python -m support.faults_page` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fake_openai.faults import KINDS, InStream
from fake_openai.faults.base import Placed
from fake_openai.faults.kinds import Argument, Kind

FILE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
_PLACES = ("after", "at_byte", "at_seconds", "each")
_LONG = 40  # characters of a default
_GROUPS = {
    "Instead of an answer": "status error200 reset_before_headers no_headers refuse_connection",
    "The body ends too early": "cut reset clean_end truncated_event padding_only error_event",
    "Time": "stall drip bandwidth",
    "Events that are wrong, missing or too many": "broken_json dropped_chunk duplicate_chunk"
    " reordered no_done odd_done chunk_after_done duplicate_finish second_role changed_id"
    " lying_usage repeated_usage nul invalid_utf8 raw_bytes",
    "Odd, and yet allowed": "unknown_fields unknown_event odd_lines comment_every_event"
    " comment_flood blank_lines split_data line_separators long_line boundaries",
    "HTTP": "wrong_content_type wrong_content_length compressed http10 early_hints odd_headers",
}


def page(text: str) -> str:
    """Return `text`, that of the page, with the tables in it as they must be."""
    head, mark, _ = text.partition("\n## All faults\n")
    return "\n".join([head + mark, *_tables()]).rstrip() + "\n"


def _tables() -> Iterator[str]:
    yield "This part is generated. `place` stands for `after`, `at_byte`, `at_seconds` and `each`."
    yield "Where a fault has one in brackets it may be left out."
    for title, names in _GROUPS.items():
        yield f"\n### {title}\n"
        yield "| fault | kind | what happens |"
        yield "| --- | --- | --- |"
        for name in names.split():
            yield _row(KINDS[name])


def _row(kind: Kind) -> str:
    own = [a for a in kind.arguments.values() if a.name not in _PLACES]
    names = [_signature(a) for a in own]
    if issubclass(kind.fault, Placed):
        names.append("[place]" if kind.fault.from_start else "place")
    told = " ".join([kind.text, *(_argument(a) for a in own)])
    if issubclass(kind.fault, InStream) and kind.fault.streams_only:
        told += " Streams only."
    return f"| `{kind.fault.__name__}({', '.join(names)})` | `{kind.name}` | {told} |"


def _signature(argument: Argument) -> str:
    if argument.required:
        return argument.name
    default = repr(argument.default)
    return f"{argument.name}={default if len(default) <= _LONG else '...'}"


def _argument(argument: Argument) -> str:
    hidden = [word for word in argument.words if f"`{word}`" not in argument.text]
    words = f" ({', '.join(map(repr, hidden))})" if hidden else ""
    return f"**{argument.name}**{words}: {argument.text.rstrip('.')}."


if __name__ == "__main__":
    FILE.write_text(page(FILE.read_text()))
