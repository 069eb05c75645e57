"""The page `docs/reference/fidelity.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from support.judge.verdicts import entries
from support.recordings.comparing import VARIANTS

from . import extract
from .claim import Endpoint
from .claims import ENDPOINTS

FILE = Path(__file__).parents[3] / "docs" / "reference" / "fidelity.md"
_HEAD = """\
# Fidelity of `fake_openai`

How near the dialect `openai` is to the API. This page is generated: `make fidelity` writes it, and
a test fails if it is out of date.

Every body and every event of a catalogue of requests is judged three times: by the OpenAPI document
that OpenAI publishes, with objects closed, so that an undocumented member is a violation; by the
models of the newest `openai` package, with strict types and unknown fields reported; and by the
rules of event streams. There are no violations but those below. One that no longer occurs fails a
test.

## Known deviations
"""
_PARAMETERS = """
## Parameters

Each claim is proved by requests, with and without the parameter and with a wrong value:

- **obeyed**: it has the effect that it has in the API.
- **checked and echoed**: a wrong value is refused; the value comes back in the answer.
- **checked, no effect**: a wrong value is refused; a right one makes no difference.
- **refused**: with any value, as the API does for other models or for what it has not kept.
"""
_RECORDED = """
## Recorded streams of chats

Streams recorded from the providers are read as scripts; the fake replays them in the dialect of the
provider, and each chunk must have the members, their order and the kinds of values that were
recorded. Providers change what they send; the fake sends what was recorded last. Differences that
are known, and are looked for:
"""
_JUDGES = {"openapi": "document", "sdk": "SDK", "wire": "event streams"}


def page() -> str:
    """Return the page."""
    types = extract.load()
    parts = [_HEAD, *_deviations(), _RECORDED, *_variants(), _PARAMETERS]
    parts += ["".join(_table(endpoint, types[endpoint.name])) for endpoint in ENDPOINTS]
    return "".join(parts)


def _deviations() -> Iterator[str]:
    """Yield a row for each place and reason, with all members that are meant."""
    yield "\n| where | members | who objects | why |\n| --- | --- | --- | --- |\n"
    rows: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for entry in entries():
        members, judges = rows.setdefault((entry["where"], entry["reason"]), ([], []))
        members += [path or "(all)" for path in entry["paths"]]
        judges += [_JUDGES[judge] for judge in entry["judges"]]
    for (where, reason), (members, judges) in rows.items():
        named = ", ".join(f"`{member}`" for member in dict.fromkeys(members))
        yield f"| `{where}` | {named} | {', '.join(dict.fromkeys(judges))} | {reason} |\n"


def _variants() -> Iterator[str]:
    yield "\n| recordings | why they differ |\n| --- | --- |\n"
    for variant in VARIANTS:
        named = ", ".join(f"`{name}`" for name in variant.recordings)
        yield f"| {named} | {variant.reason} |\n"


def _table(endpoint: Endpoint, types: dict[str, str]) -> Iterator[str]:
    yield f"\n### `{endpoint.name}`\n\n| parameter | type | the fake |\n| --- | --- | --- |\n"
    for name, claim in endpoint.claims.items():
        words = f"{claim.words}: {claim.note}" if claim.note else claim.words
        yield f"| `{name}` | {types[name]} | {words} |\n"
