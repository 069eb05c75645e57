"""The page `docs/reference/recovery-table.md`: `cd tests && python -m support.outcomes.page`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from fake_openai.dialects import DIALECTS
from support.outcomes.kinds import KINDS
from support.outcomes.rows import ROWS
from support.outcomes.words import WORDS, Line, lines_of, mended

FILE = Path(__file__).parents[3] / "docs" / "reference" / "recovery-table.md"

_HEAD = """\
# What becomes of each fault

This page is generated from promises that a test keeps: every fault of
[`fake_openai`](faults.md), for every kind of answer, in each dialect of the fake, through
`SteadyClient` and through the middleware, with default settings. The fault strikes the first
request; those that follow are left in peace. What is done in other cases, and why, is told in
[what is continued, and how](../explanation/recovery.md).

## The words

| word | what the consumer gets |
| --- | --- |
"""

_MEANINGS = {
    "unharmed": "the whole answer, of one request",
    "again": "the whole answer; nothing of it had been delivered when the fault struck, so it was"
    " asked for again, and no trace of the first is left",
    "goes on": "the whole answer; what had been delivered stays, the rest is fetched, and"
    " `answer.seams` says so",
    "ended": "the answer as far as it came: the server named a reason for its end. A call or JSON"
    " may be half",
    "as sent": "what the server sent; that it meant something else cannot be seen",
    "fault": "a typed fault, with all that came in `.partial`",
    "told": "what came, and then the error as the server put it into the stream; SDKs read it",
    "passed on": "the response as the server sent it: it is no answer, or no stream",
}

_KEY = """
`fault / as is`: where client and middleware differ, the client stands first. A star: some dialects
differ, as a note says. Faults are written [as text](faults.md#json-and-text), their place left out.
"""

_WAYS = """\
What **goes on** is for an answer that broke in the middle.

- **exact prefix**, **prefill**: the text is handed in and continued; *compared* where the server
  repeats it first.
- **matched**: the same request again; what was delivered is compared with what comes, and dropped.
- **cursor**: the server has kept the response, and sends the events behind the last one. One that
  failed itself, or that brings nothing twice in a row, is matched instead.
- **again**: nothing was delivered, since calls are held until they are whole.
- *after a refusal*: the server is first asked in a way that it does not know. For chats the client
  remembers that.
"""


def page() -> str:
    """Return the page as it must be."""
    parts = (_words(), [_KEY], _faults(), _ways(), _kinds())
    return "\n".join([_HEAD.rstrip(), *chain(*parts)]) + "\n"


def _words() -> Iterator[str]:
    for outcome, meaning in _MEANINGS.items():
        yield f"| **{WORDS[outcome]}** | {meaning} |"


def _faults() -> Iterator[str]:
    yield "## The table\n"
    yield f"| fault | note | {' | '.join(kind.name for kind in KINDS)} |"
    yield f"|{' --- |' * (len(KINDS) + 2)}"
    groups: dict[Line, list[str]] = {}
    for row in ROWS:
        for line in lines_of(row):
            groups.setdefault(line, []).append(row.name)
    notes: dict[str, int] = {}
    for line, names in groups.items():
        faults = ", ".join(f"`{name}`" for name in names)
        place = f"; *{line.place}*" if line.place else ""
        numbers = [str(notes.setdefault(told, len(notes) + 1)) for told in line.notes]
        yield f"| {faults}{place} | {', '.join(numbers)} | {' | '.join(line.cells)} |"
    yield "\nNotes:\n"
    for told, number in notes.items():
        yield f"{number}. {told}"


def _ways() -> Iterator[str]:
    yield "\n## How it goes on\n"
    yield _WAYS
    yield f"| dialect | {' | '.join(kind.name for kind in KINDS)} |"
    yield f"|{' --- |' * (len(KINDS) + 1)}"
    groups: dict[tuple[str, ...], list[str]] = {}
    for dialect in DIALECTS:
        groups.setdefault(mended(dialect), []).append(dialect)
    for cells, names in groups.items():
        yield f"| {', '.join(f'`{name}`' for name in names)} | {' | '.join(cells)} |"


def _kinds() -> Iterator[str]:
    yield "\n## The kinds of answers\n"
    yield "| kind | what is asked for | where the middle is |"
    yield "| --- | --- | --- |"
    for kind in KINDS:
        yield f"| {kind.name} | {kind.asked} | {kind.middle} |"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
