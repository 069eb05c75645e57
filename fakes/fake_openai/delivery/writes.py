"""How the bytes of a stream are cut into writes, and how its lines are written.

Source: WHATWG HTML, 9.2.5 "Parsing an event stream": lines end with LF, CR or CRLF, one BOM may
stand at the beginning, one space may stand after the colon. Clients must bear all of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from fake_openai import checks

Mode = Literal["event", "whole", "bytes", "random", "lines", "utf8", "data", "crlf"]
Newline = Literal["\n", "\r\n", "\r"]
# Where to cut, by mode: behind what is found.
_PLACES = {
    "utf8": re.compile(rb"[\xc2-\xf4\x80-\xbf](?=[\x80-\xbf])"),
    "data": re.compile(rb"(?:(?<=\n)|(?<=\r)|\A(?:\xef\xbb\xbf)?)da(?=ta:)"),
    "crlf": re.compile(rb"\r(?=\n)"),
}


@dataclass(frozen=True, slots=True)
class Writes:
    """Borders of writes and form of lines.

    Attributes:
        mode: `event` = one write an event; `whole` = all that is ready in one write; `bytes` = one
            byte a write; `random` = cut anywhere, inside characters too, seeded; `lines` = one line
            a write; `utf8` = cut inside every character of several bytes, behind each of them;
            `data` = cut inside every `data:`; `crlf` = cut between every CR and its LF.
        newline: end of line.
        bom: whether the body begins with a byte order mark.
        space_after_colon: whether fields are written `data: x` or `data:x`.
        gap: seconds between two writes, so that a client elsewhere reads each by itself.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: a mode or an end of line that does not exist, or `crlf` where lines do not end
            so.
    """

    mode: Mode = "event"
    newline: Newline = "\n"
    bom: bool = False
    space_after_colon: bool = True
    gap: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in get_args(Mode):
            known, came = ", ".join(get_args(Mode)), checks.shown(self.mode)
            raise ValueError(f"mode must be one of {known}, got {came}")
        if self.newline not in ("\n", "\r\n", "\r"):
            raise ValueError(f"newline must be LF, CRLF or CR, got {checks.shown(self.newline)}")
        if self.mode == "crlf" and self.newline != "\r\n":
            raise ValueError(f"mode crlf needs newline CRLF, got {checks.shown(self.newline)}")
        checks.boolean("bom", self.bom)
        checks.boolean("space_after_colon", self.space_after_colon)
        checks.finite("gap", self.gap)

    @property
    def plain(self) -> bool:
        """Whether lines look as the providers write them."""
        return self.newline == "\n" and not self.bom and self.space_after_colon

    @property
    def of_json(self) -> Writes:
        """The same borders for one JSON value, which has no lines of its own."""
        return Writes("event" if self.mode == "crlf" else self.mode, gap=self.gap)

    def dress(self, event: bytes) -> bytes:
        """Return `event`, written with LF and a space, in the form asked for."""
        if not self.space_after_colon:
            event = b"\n".join(_without_space(line) for line in event.split(b"\n"))
        if self.newline != "\n":
            event = event.replace(b"\n", self.newline.encode())
        return event

    def cut(self, data: bytes, rng: random.Random) -> Iterator[bytes]:
        """Cut `data` into writes; joined, they are `data`."""
        if self.mode == "bytes":
            for at in range(len(data)):
                yield data[at : at + 1]
        elif self.mode == "lines":
            yield from data.splitlines(keepends=True)
        elif self.mode == "random":
            at = 0
            while at < len(data):
                size = min(rng.choice((1, 2, 3, 7, 16, 61, 256)), len(data) - at)
                yield data[at : at + size]
                at += size
        elif self.mode in _PLACES:
            yield from _cut_at(data, [found.end() for found in _PLACES[self.mode].finditer(data)])
        elif data:
            yield data


def _cut_at(data: bytes, places: list[int]) -> Iterator[bytes]:
    for start, end in pairwise((0, *places, len(data))):
        if start < end:
            yield data[start:end]


def checked_writes(writes: Any) -> Writes:
    """Return `writes`.

    Raises:
        TypeError: it is none; the name of a mode, for instance.
    """
    checks.instance("writes", writes, Writes, hint=": write Writes(mode=...)")
    return writes  # type: ignore[no-any-return]  # checked above


def _without_space(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    return name + colon + value.removeprefix(b" ") if colon and name else line
