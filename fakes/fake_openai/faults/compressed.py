"""Bodies that are compressed."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Literal, get_args

from msgspec.structs import replace

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step, Stop, Wait

from .base import InStream, Scene

Encoding = Literal["gzip", "deflate", "raw_deflate"]
_WINDOWS = {"gzip": 31, "deflate": 15, "raw_deflate": -15}
_LONGEST_BLOCK = 65535  # bytes; RFC 1951, 3.2.4


@dataclass(frozen=True, slots=True, repr=False)
class Compressed(InStream):
    """The body is compressed, and each write flushed, so that a stream still streams.

    It is so whether or not the client offered to take it. Behind it in a tuple, `Cut(at_byte=...)`
    and the like count compressed bytes; faults that write text take effect before it wherever they
    stand.

    Attributes:
        encoding: `gzip`; `deflate`, which HTTP takes for the zlib format; `raw_deflate` = deflate
            without it, as some servers send it under that name.
    """

    ends = False

    encoding: Encoding = "gzip"

    def __post_init__(self) -> None:
        checks.one_of("encoding of Compressed", self.encoding, get_args(Encoding))

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with compressed bytes."""
        headers = scene.head.headers
        said = "gzip" if self.encoding == "gzip" else "deflate"
        before = headers.get("Content-Encoding")
        headers["Content-Encoding"] = f"{before}, {said}" if before else said
        packer = _Packer(zlib.compressobj(wbits=_WINDOWS[self.encoding]))
        return [packed for step in steps for packed in packer.pack(step)]


class _Packer:
    def __init__(self, compressor: zlib._Compress) -> None:
        self._compressor = compressor

    def pack(self, step: Step) -> list[Step]:
        """Return what stands in the place of `step`."""
        match step:
            case Send():
                last = step.times - 1
                return [
                    Send(
                        self._flushed(step.data),
                        step.events if number == last else 0,
                        final=step.final and number == last,
                    )
                    for number in range(step.times)
                ]
            case Wait(comment=comment) if comment:
                return self._talk(step)
            case Stop(how="end"):
                return [Send(self._compressor.flush(zlib.Z_FINISH)), step]
            case _:
                return [step]

    def _flushed(self, data: bytes) -> bytes:
        return self._compressor.compress(data) + self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def _talk(self, wait: Wait) -> list[Step]:
        if math.isinf(wait.seconds):
            return [replace(wait, comment=_stored(wait.comment))]
        steps: list[Step] = []
        for number in range(math.ceil(wait.seconds / wait.every)):
            left = wait.seconds - number * wait.every
            silent = replace(wait, comment=b"", seconds=min(left, wait.every))
            steps += [Send(self._flushed(wait.comment)), silent]
        return steps


def _stored(data: bytes) -> bytes:
    """Return `data` as a block of its own, which may be sent again and again."""
    size = min(len(data), _LONGEST_BLOCK)
    border = size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
    return b"\0" + border + data[:size]
