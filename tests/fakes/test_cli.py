# ruff: noqa: S310, S603 (our own server, our own interpreter)

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.openai_client import chat, text

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def serving(
    *options: str, command: tuple[str, ...] = ("serve",)
) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run a command that serves; give the process, its base URL and what it said."""
    line = [sys.executable, "-m", "fake_openai", *command, "--port", "0", *options]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                said += line
            yield process, (said.split(" at ")[1:] or [said])[0].split()[0], said
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


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fake_openai", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, **(env or {})},
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


def test_a_fault_strikes_every_request_and_several_are_dealt_out_in_turn() -> None:
    with serving("--fault", "status:503", "--fault", "status:429,retry_after=2") as (_, url, _):
        statuses = []
        for _ in range(4):
            with pytest.raises(urllib.error.HTTPError) as e:
                post(url)
            statuses.append(e.value.code)
            e.value.close()

    assert statuses == [503, 429, 503, 429]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--fault", "cutt:after=3"), "cut"),
        (("--latency", "firts=1"), "first"),
        (("--latency", "instant", "--between", "1"), "either"),
        (("--tls-key", "x"), "--tls-cert"),
        (("--tls-cert", "no-such-file"), "No such file"),
        (("--config", "no-such-file"), "No such file"),
    ],
)
def test_a_wrong_option_is_refused_with_what_was_meant(options: tuple[str, ...], part: str) -> None:
    ran = run("serve", *options)

    assert ran.returncode == 2
    assert part in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_file_describes_the_fake_and_options_come_before_it(tmp_path: Path) -> None:
    config = tmp_path / "fake.yaml"
    config.write_text(
        "dialect: mistral\nseed: 5\nreplies:\n  - answer: It is sunny.\n    contains: weather\n"
        "  - answer: From the file.\nfaults:\n  - fault: status:418\n    model: teapot\n"
    )
    with serving("--config", str(config), "--dialect", "openai") as (_, url, said):
        body = post(url)

    assert "serves openai" in said
    assert text(body) == "From the file."


def test_the_command_that_is_shown_does_not_name_a_key_that_the_file_refuses(
    tmp_path: Path,
) -> None:
    config = tmp_path / "fake.yaml"
    config.write_text("api_keys: [sk-mine-1]\n")
    with serving("--config", str(config)) as (_, _, said):
        pass

    assert "sk-any" not in said
    assert "YOUR_KEY" in said


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("replise: []", "did you mean 'replies'?"),
        ("replies: [{answer: 1}]", "replies[0]"),
        ("seed: [", "not YAML"),
        ("- a", "must be a JSON object"),
        ("tls: {certificate: not-there.pem}", "not-there.pem: No such file"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, content: str, part: str) -> None:
    (tmp_path / "fake.yaml").write_text(content)
    ran = run("serve", "--config", str(tmp_path / "fake.yaml"))

    assert ran.returncode == 2
    assert part in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_is_recorded_is_replayed(tmp_path: Path) -> None:
    out = str(tmp_path / "r.jsonl")
    with serving() as (_, upstream, _):
        record = ("record", "--upstream", upstream, "--out", out)
        with serving(command=record) as (recorder, _, said):
            recorded = post(said.split("OPENAI_BASE_URL=")[1].split()[0], "sk-secret-0123456789")
            recorder.send_signal(signal.SIGINT)
            assert recorder.wait(10) == 0
    with serving(command=("replay", out, "--speed", "0")) as (_, url, _):
        replayed = post(url)

    assert replayed == recorded
    assert "sk-secret" not in Path(out).read_text()
    again = run("record", "--upstream", "http://localhost", "--out", out)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_what_is_no_url_is_not_taken_for_a_server_that_is_gone() -> None:
    ran = run("check", "127.0.0.1:8787", env={"OPENAI_API_KEY": "sk-mine"})

    assert ran.returncode == 2
    assert "expected an http or https URL, got '127.0.0.1:8787'" in " ".join(
        ran.stderr.replace("│", " ").split()
    )


def test_a_server_is_checked_against_the_contract(tmp_path: Path) -> None:
    with serving("--api-key", "sk-mine", "--seed", "9") as (_, url, _):
        same = run("check", url, env={"OPENAI_API_KEY": "sk-mine"})
        differing = run("check", url, "--dialect", "groq", env={"OPENAI_API_KEY": "sk-mine"})
    gone = run("check", url, env={"OPENAI_API_KEY": "sk-mine"})
    keyless = run("check", url, env={"OPENAI_API_KEY": ""})

    assert same.returncode == 0, same.stdout
    assert "differs" not in same.stdout
    assert differing.returncode == 1
    assert gone.returncode == keyless.returncode == 2
    assert "cannot reach the server" in gone.stderr


def test_faults_profiles_and_the_schema_are_told() -> None:
    assert "stall" in run("faults").stdout
    assert "seconds" in run("faults", "stall").stdout
    assert "instant" in run("profiles").stdout
    assert json.loads(run("config-schema").stdout)["title"] == "fake-openai"
    assert run("faults", "stal").returncode == 2


def test_the_models_and_the_tokenizer_may_be_named() -> None:
    with serving("--model", "mine", "--tokenizer", "own") as (_, url, said):
        with pytest.raises(urllib.error.HTTPError, match="404") as caught:
            post(url)
        caught.value.close()

    assert '"model": "mine"' in said


def test_serve_says_what_counts_tokens_where_that_depends_on_the_machine() -> None:
    with serving("--tokenizer", "auto") as (_, _, said):
        pass

    assert re.search(r"\(tokens are counted by: .*own\)", said)


def test_a_tokenizer_that_is_none_is_refused() -> None:
    done = run("serve", "--tokenizer", "huge")

    assert done.returncode == 2
    assert "tokenizer must be one of own, auto, o200k_base, cl100k_base, got 'huge'" in done.stderr


@pytest.mark.parametrize(
    "options", [("--api-keys", "sk-a,sk-b"), ("--api-key", "sk-a", "--api-key", "sk-b")]
)
def test_keys_make_it_strict(options: tuple[str, ...]) -> None:
    with serving(*options) as (_, url, _):
        assert post(url, key="sk-a")
        assert post(url, key="sk-b")
        with pytest.raises(urllib.error.HTTPError) as e:
            post(url, key="sk-c")

    assert e.value.code == 401
    e.value.close()
