"""Bodies of `multipart/form-data`, as files are sent in them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import BadHttpMessage

from fake_openai.asking.complaints import invalid


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form.

    Attributes:
        data: its bytes.
        filename: name of the file; empty for a plain value.
    """

    data: bytes
    filename: str = ""

    @property
    def text(self) -> str:
        """The bytes as text."""
        return self.data.decode("utf-8", "replace")


async def form(headers: Mapping[str, str], raw: bytes) -> dict[str, Part]:
    """Return the parts of a form by name.

    Raises:
        ApiError: the body is no such form.
    """
    kind = headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/form-data"):
        told = f"Expected a body of 'multipart/form-data', but got '{kind[:100]}' instead."
        raise invalid(told, None, None, "bad_form")
    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    stream.feed_data(raw)
    stream.feed_eof()
    parts: dict[str, Part] = {}
    try:
        async for part in MultipartReader(headers, stream):
            if isinstance(part, BodyPartReader) and part.name:
                parts[part.name] = Part(bytes(await part.read(decode=True)), part.filename or "")
    except (BadHttpMessage, ValueError, RuntimeError, AssertionError, LookupError, EOFError):
        told = f"The body is no sound 'multipart/form-data': {len(parts)} parts could be read."
        raise invalid(told, None, None, "bad_form") from None
    return parts
