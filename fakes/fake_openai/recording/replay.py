"""Answers requests from a recording."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from fake_openai import checks
from fake_openai.delivery import serving, spoiling
from fake_openai.delivery.steps import Send, Step, Stop, Wait
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.front.secrets import clean_body

from .file import Recorded, read

_OWN = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding"})
_MOST_SHOWN = 5
_MISSING = "(nothing)"


class Replay:
    """The exchanges of a recording, dealt out to the requests that are the same.

    Several recorded exchanges for one request are dealt out in their order; the last repeats.

    Args:
        path: of the file.
        speed: how much faster than recorded; 0 = without waiting.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no recording, or has nothing in it, or the speed is below 0.
    """

    def __init__(self, path: str | Path, *, speed: float = 1.0) -> None:
        checks.finite("speed", speed)
        self.path = path
        self._speed = speed
        self._recorded = read(path)
        if not self._recorded:
            raise ValueError(f"{path}: the recording has no exchange in it")
        self._dealt: dict[str, int] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._dealt.clear()

    async def serve(self, exchange: Exchange) -> web.StreamResponse:
        """Answer a request as the real server did.

        Raises:
            ApiError: no recorded request is the same; the message shows the nearest.
        """
        reply = exchange.strike()
        response = await serving.struck(exchange, reply)
        if response is not None:
            return response
        recorded = self._find(exchange)
        streamed = _is_stream(recorded)
        faults = spoiling.in_stream(reply, streamed=streamed)
        await exchange.pause(self._wait(recorded.at))
        told = _Told(exchange.created, streamed)
        writes = spoiling.boundaries(exchange, reply)
        steps = list(self._steps(recorded, by_event=bool(faults)))
        spoilt = spoiling.spoil(exchange, told, faults, steps, writes)
        headers = [pair for pair in recorded.headers if pair[0] not in _OWN]
        answer = spoilt.response(headers, recorded.status)
        await exchange.deliver(answer, spoilt.steps, spoilt.writes)
        return answer

    def _find(self, exchange: Exchange) -> Recorded:
        received = exchange.received
        body = clean_body(received.body)
        same = [
            one
            for one in self._recorded
            if (one.method, one.path) == (received.method, received.path)
            and one.query == received.query
            and (one.request_body == body if body is not None else not one.request_body)
        ]
        if not same:
            raise self._unknown(received.method, received.path, body)
        key = json.dumps([received.method, received.path, received.query, body], sort_keys=True)
        with self._lock:
            number = self._dealt.get(key, 0)
            self._dealt[key] = number + 1
        return same[min(number, len(same) - 1)]

    def _unknown(self, method: str, path: str, body: Any) -> ApiError:
        there = [one for one in self._recorded if (one.method, one.path) == (method, path)]
        told = f"No recorded request is the same as this {method} {path}."
        if there:
            found = [list(differences(one.request_body, body)) for one in there]
            nearest = min(found, key=len)
            told += f" The nearest differs in {'; '.join(nearest[:_MOST_SHOWN]) or 'its query'}."
        else:
            known = dict.fromkeys(f"{one.method} {one.path}" for one in self._recorded)
            told += f" Recorded are {', '.join(known)}."
        return ApiError(404, told, code="fake_no_recording", kind="no_recording")

    def _wait(self, seconds: float) -> float:
        return max(0.0, seconds) / self._speed if self._speed else 0.0

    def _steps(self, recorded: Recorded, *, by_event: bool) -> Iterator[Step]:
        at = recorded.at
        for number, write in enumerate(recorded.writes, 1):
            if self._speed and write.at > at:
                yield Wait(self._wait(write.at - at))
            at = max(at, write.at)
            last = number == len(recorded.writes) and recorded.end == "whole"
            parts = _events(write.data) if by_event else [write.data]
            for place, part in enumerate(parts, 1):
                events = part.count(b"data:") if not by_event else int(b"data:" in part)
                yield Send(part, events, final=last and place == len(parts))
        if self._speed and recorded.end_at > at:
            yield Wait(self._wait(recorded.end_at - at))
        match recorded.end:
            case "whole":
                yield Stop("end")
            case "reset":
                yield Stop("reset")
            case _:
                yield Stop("cut")


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a recorded answer; see `spoiling.Told`."""

    created: int
    streamed: bool
    id: str = "recorded"


def _is_stream(recorded: Recorded) -> bool:
    return any(
        name == "content-type" and value.startswith("text/event-stream")
        for name, value in recorded.headers
    )


def _events(data: bytes) -> list[bytes]:
    parts = data.split(b"\n\n")
    whole = [part + b"\n\n" for part in parts[:-1]]
    return [*whole, parts[-1]] if parts[-1] else whole


def differences(recorded: Any, got: Any, path: str = "") -> Iterator[str]:
    """Yield in words where two JSON values differ."""
    where = path or "the body"
    if isinstance(recorded, dict) and isinstance(got, dict):
        for name in (*recorded, *(name for name in got if name not in recorded)):
            inner = f"{path}.{name}" if path else str(name)
            yield from differences(recorded.get(name, _MISSING), got.get(name, _MISSING), inner)
    elif isinstance(recorded, list) and isinstance(got, list) and len(recorded) == len(got):
        for place, pair in enumerate(zip(recorded, got, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif recorded != got:
        yield f"{where}: recorded {_brief(recorded)}, got {_brief(got)}"


def _brief(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=repr)
    return shown if len(shown) <= 80 else f"{shown[:60]}... ({_length(value)})"  # noqa: PLR2004 (a line)


def _length(value: Any) -> str:
    kind = "characters" if isinstance(value, str) else "members"
    return f"{len(value)} {kind}" if isinstance(value, Sequence | dict) else "long"
