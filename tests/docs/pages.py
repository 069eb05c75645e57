"""The pages of the documentation as programs."""

from __future__ import annotations

import ast
import asyncio
import codeop
import inspect
import re
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
_RUNS_WITH = re.compile(r"^<!-- runs with: (\S+) -->$", re.MULTILINE)
_FAILS = "# test, fails\n"
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[^\n`]*)\n"
    r"(?P<source>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        language: what stands behind the fence.
        source: the lines in it.
        line: number of the first of them in the page.
    """

    language: str
    source: str
    line: int


@dataclass(frozen=True)
class Page:
    """One file of the documentation.

    Attributes:
        name: its path in the repository.
        text: what stands in it.
    """

    name: str
    text: str

    @property
    def runs_with(self) -> str | None:
        """What has to be installed for its examples, beyond what the tests need anyhow."""
        found = _RUNS_WITH.search(self.text)
        return found[1] if found else None

    def blocks(self, language: str) -> list[Block]:
        return [
            Block(
                found["language"],
                found["source"],
                self.text[: found.start("source")].count("\n") + 1,
            )
            for found in _FENCE.finditer(self.text)
            if found["language"].strip() == language
        ]

    def paste(self) -> None:
        """Type the examples into a prompt, line by line; nothing is run.

        A prompt takes a statement for finished where a blank line stands behind it, and only there.

        Raises:
            SyntaxError: a line is none that it can take at that place.
        """
        prompt = codeop.CommandCompiler()
        prompt.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        for block in self.blocks("python"):
            typed = "\n" * (block.line - 1)
            for line in [*block.source.splitlines(), ""]:
                typed += line
                done = prompt(typed, self.name, "single") is not None
                typed = "\n" * typed.count("\n") + "\n" if done else typed + "\n"

    async def run(self, tests_in: Path) -> None:
        """Run the examples in their order, in one namespace.

        A block that begins with the line `# test` is a file for pytest; one that begins with
        `# test, fails` is one that must fail.

        Raises:
            AssertionError: one failed; the message names page and line.
        """
        module = ModuleType("__main__")  # classes of an example want a module to be in
        for block in self.blocks("python"):
            if block.source.startswith(("# test\n", _FAILS)):
                await asyncio.to_thread(self._test, block, tests_in)
            else:
                await self._execute(block, module.__dict__)

    async def _execute(self, block: Block, namespace: dict[str, Any]) -> None:
        lines = "\n" * (block.line - 1) + block.source  # so that tracebacks name lines of the page
        try:
            code = compile(lines, self.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, namespace)  # noqa: S307  # our own pages
            if inspect.isawaitable(running):
                await running
        except Exception as error:
            raise AssertionError(f"{self.name}:{self._line_of(error, block)}: {error!r}") from error

    def _line_of(self, error: Exception, block: Block) -> int:
        if isinstance(error, SyntaxError):
            return error.lineno or block.line
        frames = traceback.extract_tb(error.__traceback__)
        return next(
            (f.lineno or 0 for f in reversed(frames) if f.filename == self.name), block.line
        )

    def _test(self, block: Block, folder: Path) -> None:
        file = folder / f"test_line_{block.line}.py"
        file.write_text(block.source)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file.name]
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, capture_output=True, text=True, timeout=180, check=False
        )
        if done.returncode != block.source.startswith(_FAILS):  # 1 = tests failed
            raise AssertionError(
                f"{self.name}:{block.line}: pytest failed with {done.returncode}\n"
                f"{done.stdout}{done.stderr}"
            )


def every_page() -> list[Page]:
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [Page(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]


def pages_for(runs_with: str | None = None) -> list[Page]:
    """Return the pages that have examples which run here."""
    return [p for p in every_page() if p.runs_with == runs_with and p.blocks("python")]
