from __future__ import annotations

import ssl

import aiohttp
import pytest
import trustme

from fake_openai import Cut, FakeOpenAI, FakeOpenAIThread, Stall, VirtualClock
from support.openai_client import chat

AUTHORITY = trustme.CA()
HEADERS = {"Authorization": "Bearer sk-a"}


def server_side() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    return context


def client_side() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def test_it_speaks_tls_with_a_certificate() -> None:
    async with FakeOpenAI(tls=server_side()) as fake, aiohttp.ClientSession() as session:
        assert fake.base_url.startswith("https://127.0.0.1:")
        url = fake.base_url + "/chat/completions"
        async with session.post(url, json=chat(), headers=HEADERS, ssl=client_side()) as response:
            body = await response.read()

    assert body.endswith(b"data: [DONE]\n\n")


async def test_a_connection_with_tls_is_cut_too() -> None:
    async with FakeOpenAI(tls=server_side()) as fake, aiohttp.ClientSession() as session:
        fake.fail(Cut(after=2))
        url = fake.base_url + "/chat/completions"
        async with session.post(url, json=chat(), headers=HEADERS, ssl=client_side()) as response:
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()

    assert fake.requests[0].chunks_sent == 2


def test_the_thread_speaks_tls_too() -> None:
    with FakeOpenAIThread(tls=server_side()) as fake:
        assert fake.base_url.startswith("https://")


def test_what_is_no_context_is_refused() -> None:
    with pytest.raises(TypeError, match="tls must be a SSLContext or None, got"):
        FakeOpenAI(tls="cert.pem")  # type: ignore[arg-type]


async def test_an_hour_of_stall_under_tls_takes_no_time_either() -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with (
        FakeOpenAI(tls=server_side(), clock=VirtualClock()) as fake,
        aiohttp.ClientSession(timeout=timeout) as session,
    ):
        fake.fail(Stall(after=2, seconds=3600))
        url = fake.base_url + "/chat/completions"
        async with session.post(url, json=chat(), headers=HEADERS, ssl=client_side()) as response:
            body = await response.read()

        assert body.endswith(b"data: [DONE]\n\n")
        assert fake.requests[0].ended_at == pytest.approx(3600)
