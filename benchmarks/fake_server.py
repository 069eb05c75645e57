"""The fake server in a process of its own: `python -m benchmarks.fake_server PIECES`."""

import asyncio
import sys

from fake_openai import Answer, FakeOpenAI

from .child import serve
from .frames import answer_text, pieces_of


async def main(pieces: int) -> None:
    """Serve one answer until the parent closes the pipe."""
    async with FakeOpenAI() as fake:
        fake.reply(Answer(answer_text(pieces), chunks=pieces_of(pieces)))
        await serve(fake.base_url)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
