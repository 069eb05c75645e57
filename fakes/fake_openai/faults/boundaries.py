"""Where writes are cut, and how lines are written, for one request."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.writes import Mode, Newline, Writes
from fake_openai.fault import Fault


@dataclass(frozen=True, slots=True, repr=False)
class Boundaries(Fault):
    """The bytes are those of the answer, but are cut into writes, or written as lines, otherwise.

    Attributes:
        mode: as in `Writes`: `event`, `whole`, `bytes`, `random`, `lines`, `utf8`, `data`, `crlf`.
        newline: end of line: LF, CRLF or CR.
        bom: whether the body begins with a byte order mark.
        space_after_colon: whether fields are written `data: x` or `data:x`.
        gap: seconds between two writes.

    Raises:
        ValueError: a mode or an end of line that does not exist.
    """

    ends = False

    mode: Mode = "bytes"
    newline: Newline = "\n"
    bom: bool = False
    space_after_colon: bool = True
    gap: float = 0.0

    def __post_init__(self) -> None:
        self.writes()

    def writes(self) -> Writes:
        """Return the settings that are in force for the request."""
        return Writes(self.mode, self.newline, self.bom, self.space_after_colon, self.gap)
