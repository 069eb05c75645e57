"""The fixture, in pytest processes of its own, with each asyncio plugin alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

SYNCHRONOUS = """
    import json, urllib.request

    def test_one(fake_openai):
        fake_openai.reply("hello")
        request = urllib.request.Request(
            fake_openai.base_url + "/chat/completions",
            data=json.dumps(
                {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
            ).encode(),
            headers={"Authorization": "Bearer k", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["choices"][0]["message"]["content"] == "hello"

    def test_each_test_has_a_fresh_one(fake_openai):
        assert fake_openai.requests == []
"""

ASYNCHRONOUS = """
    import aiohttp

    async def test_one(fake_openai):
        fake_openai.reply("hello")
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
            async with session.post(
                fake_openai.base_url + "/chat/completions",
                json={"model": "m", "messages": [{"role": "user", "content": "hi"}]},
            ) as response:
                assert (await response.json())["choices"][0]["message"]["content"] == "hello"
"""

STRICT = ("-W", "error")
ASYNCIO_ONLY = ("-p", "no:aiohttp", "-o", "asyncio_default_fixture_loop_scope=function")


@pytest.mark.slow
def test_it_serves_synchronous_tests_without_any_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SYNCHRONOUS)
    others = ("aiohttp", "asyncio", "anyio", "looptime_plugin", "looptime_chronometers")

    result = pytester.runpytest_subprocess(*(f"-pno:{name}" for name in others), *STRICT)

    result.assert_outcomes(passed=2)


@pytest.mark.slow
def test_it_serves_tests_of_pytest_asyncio(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ASYNCHRONOUS)

    result = pytester.runpytest_subprocess(*ASYNCIO_ONLY, "-o", "asyncio_mode=auto", *STRICT)

    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_it_serves_tests_of_pytest_aiohttp(pytester: pytest.Pytester) -> None:
    # pytest-aiohttp runs coroutines through pytest-asyncio, with fixtures of its own beside it.
    pytester.makepyfile(ASYNCHRONOUS, test_two="def test_two(aiohttp_client, fake_openai): pass")

    result = pytester.runpytest_subprocess(
        "-o",
        "asyncio_mode=auto",
        "-o",
        "asyncio_default_fixture_loop_scope=function",
        *STRICT,
    )

    result.assert_outcomes(passed=2)


@pytest.mark.slow
def test_the_plugin_imports_nothing_before_it_is_used() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import fake_openai.pytest_plugin;"
        "print(*sorted(m for m in set(sys.modules) - before if not m.startswith('importlib')))"
    )

    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["fake_openai", "fake_openai.pytest_plugin"]
