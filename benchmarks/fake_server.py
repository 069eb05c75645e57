"""The fake server in a process of its own: `python -m benchmarks.fake_server PIECES MODE`.

MODE is how it writes (`event`, `whole`), or `idle`: the first event, then nothing.
"""

import asyncio
import sys

from fake_openai import Answer, FakeOpenAI, Latency, Writes

from .child import serve
from .frames import answer_text, pieces_of


async def main(pieces: int, mode: str) -> None:
    """Serve one answer until the parent closes the pipe."""
    writes = Writes("whole" if mode == "whole" else "event")
    latency = Latency(between=3600 if mode == "idle" else 0)
    async with FakeOpenAI(writes=writes, latency=latency) as fake:
        fake.reply(Answer(answer_text(pieces), chunks=pieces_of(pieces)))
        await serve(fake.base_url)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
