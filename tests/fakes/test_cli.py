# ruff: noqa: S310, S603 (our own server, our own interpreter)

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from support.openai_client import chat, text

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run `fake-openai serve`; give the process, its base URL and what it said."""
    command = [sys.executable, "-m", "fake_openai", "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                said += line
            yield process, said.split(" at ")[1].split()[0], said
        finally:
            process.kill()


def post(url: str, key: str = "sk-any") -> bytes:
    request = urllib.request.Request(
        url + "/chat/completions",
        data=json.dumps(chat()).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read()  # type: ignore[no-any-return]  # urllib says Any


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fake_openai", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with serving() as (process, url, said):
        assert text(post(url))
        assert f"OPENAI_BASE_URL={url}" in said
        process.send_signal(number)

        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_seed_and_the_dialect_are_those_asked_for() -> None:
    bodies = []
    for seed in ("1", "1", "2"):
        with serving("--seed", seed, "--dialect", "mistral") as (_, url, _):
            bodies.append(post(url))

    assert bodies[0] == bodies[1] != bodies[2]
    assert b'"p":"abc' in bodies[0]


def test_only_the_keys_that_were_given_are_accepted() -> None:
    with serving("--api-key", "one", "--api-key", "two") as (_, url, said):
        assert post(url, "one")
        assert post(url, "two")
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            post(url, "three")
        refused.value.close()

    assert "one" not in said.split("serves")[1].replace("Ctrl-C stops it", "")


def test_a_wrong_option_is_one_clear_error() -> None:
    done = run("serve", "--dialect", "opnai")

    assert done.returncode == 2
    assert "expected one of openai, azure" in " ".join(done.stderr.replace("│", " ").split())


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with serving() as (_, url, _):
        port = url.split(":")[2].split("/")[0]
        done = run("serve", "--port", port)

    assert done.returncode == 1
    assert (
        done.stderr == f"fake-openai: cannot listen at 127.0.0.1:{port}: Address already in use\n"
    )


def test_the_help_names_the_options() -> None:
    done = run("serve", "--help")

    assert done.returncode == 0
    assert {"--dialect", "--seed", "--first-token", "--api-key"} <= set(done.stdout.split())


def test_without_typer_the_command_says_what_to_install() -> None:
    code = "import sys; sys.modules['typer'] = None; from fake_openai.cli import main; main()"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == (
        "fake-openai: the command line needs typer: pip install 'steadystream[cli]'\n"
    )
