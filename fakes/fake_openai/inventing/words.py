"""Words for members of a schema: believable, and within bounds."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence

_NAMED: Mapping[str, Sequence[str]] = {
    "city": ("Oslo", "Bergen", "Lisbon", "Kyoto"),
    "location": ("Oslo, Norway", "Lisbon, Portugal", "Kyoto, Japan"),
    "country": ("Norway", "Portugal", "Japan"),
    "street": ("Harbour Street 7", "Mill Lane 12"),
    "address": ("Harbour Street 7, Oslo", "Mill Lane 12, Bergen"),
    "email": ("ada@example.com", "grace@example.org"),
    "phone": ("+47 555 01 234", "+351 555 01 98"),
    "url": ("https://example.com/page", "https://example.org/"),
    "date": ("2026-05-17", "2026-09-01"),
    "time": ("09:30", "14:00"),
    "id": ("a1b2c3", "x42"),
    "name": ("Ada", "Grace", "Linus", "Margaret"),
    "title": ("A short report", "Notes from the harbour"),
    "unit": ("celsius", "metre"),
    "currency": ("EUR", "NOK"),
    "language": ("English", "Norwegian"),
    "color": ("blue", "green"),
    "query": ("weather today", "opening hours"),
    "expression": ("2 + 2", "7 * 6"),
    "answer": ("It is the usual approach.", "That depends on the goal."),
    "explanation": ("Each part follows from the one before.", "Both sides are the same."),
    "output": ("x = 4", "done"),
    "description": ("A plain account of what happened.", "Small, blue and quiet."),
    "summary": ("It went well, with one exception.", "Three points matter."),
}
_PLAIN = (
    "clear goals",
    "one honest measurement",
    "a good map",
    "signal",
    "the first step",
    "order",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def named(name: str, rng: random.Random) -> str:
    """Return a text for the member called `name`."""
    lower = name.lower()
    for known, texts in _NAMED.items():
        if known in lower.replace("colour", "color"):
            return rng.choice(texts)
    return rng.choice(_PLAIN)


def fitted(text: str, least: int, most: float, rng: random.Random) -> str:
    """Return `text` with at least `least` and at most `most` characters."""
    while len(text) < least:
        text += f" {rng.choice(_PLAIN)}"
    if most < len(text):
        text = text[: int(most)]
    # What was cut may end in a blank; both lengths stay as they are.
    return text[:-1] + rng.choice(_LETTERS) if text.endswith(" ") else text


def formatted(form: str, rng: random.Random) -> str | None:
    """Return a text of a `format` of JSON Schema, None for one that is not known."""
    write = _FORMATS.get(form.removeprefix("idn-").removesuffix("-reference"))
    return write(rng) if write else None


def _day(rng: random.Random) -> str:
    return f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _clock(rng: random.Random) -> str:
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}Z"


_FORMATS: Mapping[str, Callable[[random.Random], str]] = {
    "date-time": lambda rng: f"{_day(rng)}T{_clock(rng)}",
    "date": _day,
    "time": _clock,
    "duration": lambda rng: f"PT{rng.randint(1, 59)}M",
    "email": lambda rng: rng.choice(_NAMED["email"]),
    "hostname": lambda rng: rng.choice(("example.com", "www.example.org")),
    "ipv4": lambda rng: f"192.0.2.{rng.randint(1, 254)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randint(1, 0xFFFE):x}",
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "uri": lambda rng: rng.choice(_NAMED["url"]),
    "iri": lambda rng: rng.choice(_NAMED["url"]),
}
