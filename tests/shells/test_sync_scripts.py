"""Plain scripts over the client that blocks: nothing is said, nothing stays, Ctrl-C is obeyed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from fake_openai import Cut, FakeOpenAIThread, Fault, NoHeaders, Reset, Stall, Status
from support.waiting import until

TEXT = "One two three four five six seven eight nine ten."
HEAD = """
import sys, threading
from steadystream import Backoff, Retries, SteadyClient

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
RETRIES = Retries(attempts=9, backoff=Backoff(base=0.001, cap=0.001))

def client():
    return SteadyClient(sys.argv[1], api_key=None, dialect="vllm", retries=RETRIES).sync()
"""


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    with FakeOpenAIThread("vllm") as server:
        server.reply(TEXT)
        yield server


def start(fake: FakeOpenAIThread, script: str) -> subprocess.Popen[str]:
    source = HEAD + textwrap.dedent(script)
    return subprocess.Popen(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-X", "dev", "-W", "error", "-c", source, fake.base_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


WHOLE = """
with client() as steady:
    with steady.stream(**ASKED) as answer:
        print("".join(answer.text()))
    print(steady.complete(**ASKED)["choices"][0]["message"]["content"])
"""

THREADS = """
def read(texts):
    with steady.stream(**ASKED) as answer:
        texts.append("".join(answer.text()))

texts = []
with client() as steady:
    threads = [threading.Thread(target=read, args=(texts,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(texts), *set(texts), sep="\\n")
"""

EARLY = """
with client() as steady:
    with steady.stream(**ASKED) as answer:
        print(next(iter(answer.text())))
"""

LEFT_OPEN = """
steady = client()
answer = steady.stream(**ASKED).__enter__()
print(next(iter(answer.text())))
"""

IN_A_LOOP = """
import asyncio

async def main():
    with client() as steady, steady.stream(**ASKED) as answer:
        print("".join(answer.text()))

asyncio.run(main())
"""

# In development mode asyncio tells how long a callback took, where a busy machine lets it wait.
SLOW = re.compile(r"^Executing <.*> took [\d.]+ seconds\n", re.MULTILINE)

SCRIPTS = {
    "whole": (WHOLE, f"{TEXT}\n{TEXT}\n"),
    "threads": (THREADS, f"8\n{TEXT}\n"),
    "early": (EARLY, "One\n"),
    "left open": (LEFT_OPEN, "One\n"),
    "in a loop": (IN_A_LOOP, f"{TEXT}\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("script", "said"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_in_development_mode_says_what_it_prints(
    fake: FakeOpenAIThread, script: str, said: str
) -> None:
    fake.fail(Cut(after=4), Reset(after=3))

    running = start(fake, script)
    out, err = running.communicate(timeout=60)

    assert (running.returncode, out, SLOW.sub("", err)) == (0, said, "")
    assert fake.quiet() == 0


CAUGHT = """
try:
    with client() as steady, steady.stream(**ASKED) as answer:
        for _ in answer.text():
            pass
except KeyboardInterrupt as interrupt:
    print(repr(interrupt.partial.text), answer.verdict)
"""

WHEN: dict[str, tuple[tuple[Fault, ...], str]] = {
    "before the headers": ((NoHeaders(),), ""),
    "in the middle": ((Stall(after=4),), "One two three"),
    "in a continuation": ((Cut(after=4), Stall(after=2)), "One two three four"),
    "while it waits": ((Status(503, retry_after=30),), ""),
}


@pytest.mark.slow
@pytest.mark.parametrize(("faults", "text"), WHEN.values(), ids=WHEN)
def test_ctrl_c_ends_the_answer_and_keeps_what_came(
    fake: FakeOpenAIThread, faults: tuple[Fault, ...], text: str
) -> None:
    fake.fail(*faults)
    running = start(fake, CAUGHT)
    until(lambda: len(fake.requests) == len(faults), 30)
    last = fake.requests[-1]
    until(lambda: isinstance(faults[-1], (NoHeaders, Status)) or last.chunks_sent > 1)

    interrupt(running)
    out, err = running.communicate(timeout=20)

    assert (running.returncode, err) == (0, "")
    assert out.startswith(f"'{text}")
    assert out.endswith("truncated\n")
    assert fake.quiet() == 0
    assert len(fake.requests) == len(faults)


def interrupt(running: subprocess.Popen[str]) -> None:
    """Send one Ctrl-C, a moment after the server has done its part."""
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.3)
    running.send_signal(signal.SIGINT)


@pytest.mark.slow
def test_ctrl_c_that_nobody_catches_ends_the_script(fake: FakeOpenAIThread) -> None:
    fake.fail(Stall(after=4), times=None)
    running = start(fake, "steady = client()\nsteady.complete(**ASKED)\n")
    until(lambda: bool(fake.requests and fake.requests[0].chunks_sent), 30)

    interrupt(running)
    _, err = running.communicate(timeout=20)

    assert running.returncode == -signal.SIGINT
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert fake.quiet() == 0
    assert len(fake.requests) == 1
