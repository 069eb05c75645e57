r"""The file of a recording: one JSON object a line, in the order things happened.

    {"fake_openai": "recording", "version": 1}
    {"exchange": 1, "method": "POST", "path": "/v1/models", "headers": [...], "body": {...}}
    {"exchange": 1, "at": 0.412, "status": 200, "headers": [["content-type", "text/event-stream"]]}
    {"exchange": 1, "at": 0.413, "data": "data: {...}\n\n"}
    {"exchange": 1, "at": 1.9, "end": "whole"}

`at` is in seconds since the request was there. Bytes that are no UTF-8 stand in `base64` instead of
`data`. A request body that is no JSON stands in `text` or `base64`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

End = Literal["whole", "cut", "reset", "client left"]
_HEAD = {"fake_openai": "recording", "version": 1}


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes of a response body that came at once.

    Attributes:
        at: seconds since the request was there.
        data: the bytes.
    """

    at: float
    data: bytes


@dataclass(slots=True)
class Recorded:
    """One exchange.

    Attributes:
        method: HTTP method.
        path: path of the URL.
        query: query of the URL.
        request_headers: header lines of the request.
        request_body: its body; JSON where it is.
        at: seconds until the head of the response.
        status: of the response.
        headers: its header lines.
        writes: its body.
        end_at: seconds until its end.
        end: how it ended.
    """

    method: str
    path: str
    query: str = ""
    request_headers: list[tuple[str, str]] = field(default_factory=list)
    request_body: Any = None
    at: float = 0.0
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    end_at: float = 0.0
    end: End = "whole"


def head() -> str:
    """Return the first line of a recording."""
    return json.dumps(_HEAD) + "\n"


def lines(number: int, recorded: Recorded) -> Iterator[str]:
    """Yield the lines of one exchange."""
    request: dict[str, Any] = {"method": recorded.method, "path": recorded.path}
    if recorded.query:
        request["query"] = recorded.query
    request["headers"] = recorded.request_headers
    if isinstance(recorded.request_body, bytes):
        request.update(_bytes(recorded.request_body, "text"))
    elif recorded.request_body is not None:
        request["body"] = recorded.request_body
    yield _line(number, request)
    answer = {"at": _time(recorded.at), "status": recorded.status, "headers": recorded.headers}
    yield _line(number, answer)
    for write in recorded.writes:
        yield _line(number, {"at": _time(write.at), **_bytes(write.data, "data")})
    yield _line(number, {"at": _time(recorded.end_at), "end": recorded.end})


def read(path: str | Path) -> list[Recorded]:
    """Return the exchanges of a recording, in the order their requests came.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no recording; the message names the line.
    """
    text = Path(path).read_text(encoding="utf-8")
    numbered = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not numbered or _object(path, *numbered[0]).get("fake_openai") != "recording":
        raise ValueError(f"{path}: expected a recording, whose first line is {head().strip()}")
    exchanges: dict[int, Recorded] = {}
    for number, line in numbered[1:]:
        entry = _object(path, number, line)
        try:
            _add(exchanges, entry)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}:{number}: not a line of a recording: {error!r}") from None
    return list(exchanges.values())


def _add(exchanges: dict[int, Recorded], entry: dict[str, Any]) -> None:
    number = entry["exchange"]
    if "method" in entry:
        exchanges[number] = Recorded(
            entry["method"],
            entry["path"],
            entry.get("query", ""),
            _pairs(entry.get("headers", ())),
            entry["body"] if "body" in entry else _read_bytes(entry, "text"),
        )
        return
    recorded = exchanges[number]
    if "status" in entry:
        recorded.at, recorded.status = float(entry["at"]), int(entry["status"])
        recorded.headers = _pairs(entry["headers"])
        recorded.end_at = recorded.at
    elif "end" in entry:
        if entry["end"] not in get_args(End):
            raise ValueError(f"end must be one of {', '.join(get_args(End))}, got {entry['end']!r}")
        recorded.end, recorded.end_at = entry["end"], float(entry["at"])
    else:
        data = _read_bytes(entry, "data")
        if data is None:
            raise ValueError("expected status, data, base64 or end")
        recorded.writes.append(Write(float(entry["at"]), data))
        recorded.end_at = float(entry["at"])


def _line(number: int, entry: dict[str, Any]) -> str:
    return json.dumps({"exchange": number, **entry}, ensure_ascii=False) + "\n"


def _object(path: str | Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{path}:{number}: expected a JSON object, got {line[:60]!r}")  # noqa: TRY004 (of the file)
    return value


def _bytes(data: bytes, name: str) -> dict[str, str]:
    try:
        return {name: data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _read_bytes(entry: dict[str, Any], name: str) -> bytes | None:
    if "base64" in entry:
        return base64.b64decode(entry["base64"], validate=True)
    text: str | None = entry.get(name)
    return None if text is None else text.encode()


def _pairs(value: Iterable[Iterable[str]]) -> list[tuple[str, str]]:
    return [(str(name), str(text)) for name, text in value]


def _time(seconds: float) -> float:
    return round(seconds, 6)
