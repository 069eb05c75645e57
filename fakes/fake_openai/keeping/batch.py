"""A batch: its states, and the lines of its input run against the server's own endpoints."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fake_openai.front.exchange import Exchange
from fake_openai.telling.ids import fill

from . import files
from .batch_lines import Line, checked

_AT_ONCE = 8
_MOST_ERRORS = 100
_DAY = 86_400
_ERRORS_FROM = 300

_KEYS = (
    "id", "object", "endpoint", "model", "errors", "input_file_id", "completion_window", "status",
    "output_file_id", "error_file_id", "created_at", "in_progress_at", "expires_at",
    "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at",
    "request_counts", "usage", "metadata",
)  # fmt: skip
_TIMES = (
    "in_progress_at", "finalizing_at", "completed_at", "failed_at", "cancelling_at", "cancelled_at",
)  # fmt: skip


class Ask(Protocol):
    """Sends a request to the server itself."""

    async def __call__(self, path: str, body: Mapping[str, Any]) -> tuple[int, str, Any]:
        """Return status, request id and decoded body."""
        ...


@dataclass(slots=True)
class Batch:
    """A batch under way, or done.

    Attributes:
        told: what the API tells of it.
        keeps: seconds after which its files expire; None = never.
        cancelled: set when it is to be cancelled.
    """

    told: dict[str, Any]
    keeps: int | None = None
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def begun(cls, exchange: Exchange, body: Mapping[str, Any]) -> Batch:
        """Return a new batch for a checked request."""
        created = exchange.created
        told: dict[str, Any] = dict.fromkeys(_KEYS)
        told.update(
            id=fill(f"batch_{created:08x}" + "{hex24}", exchange.rng),
            object="batch",
            endpoint=body["endpoint"],
            input_file_id=body["input_file_id"],
            completion_window=body["completion_window"],
            status="validating",
            created_at=created,
            expires_at=created + _DAY,
            request_counts={"total": 0, "completed": 0, "failed": 0},
            usage=_usage(0, 0),
            metadata=body.get("metadata"),
        )
        return cls(told, (body.get("output_expires_after") or {}).get("seconds"))

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.told["status"] in ("failed", "completed", "expired", "cancelled")

    def cancel(self) -> None:
        """Begin to cancel it."""
        self._be("cancelling")
        self.cancelled.set()

    async def run(self, exchange: Exchange, data: bytes, ask: Ask) -> None:
        """Check the lines in `data`, run them, keep output and errors as files."""
        await asyncio.sleep(0)
        lines, errors = checked(data, self.told["endpoint"])
        if errors:
            self.told["errors"] = {"object": "list", "data": errors[:_MOST_ERRORS]}
            self._be("failed")
            return
        self.told["request_counts"]["total"] = len(lines)
        if isinstance(lines[0].body.get("model"), str):
            self.told["model"] = lines[0].body["model"]
        if not self.cancelled.is_set():
            self._be("in_progress")
        done = await self._ask_all(exchange, lines, ask)
        if not self.cancelled.is_set():
            self._be("finalizing")
            await asyncio.sleep(0)
        self._keep(exchange, done)
        self._be("cancelled" if self.cancelled.is_set() else "completed")

    async def _ask_all(
        self, exchange: Exchange, lines: list[Line], ask: Ask
    ) -> list[dict[str, Any]]:
        ids = [fill("batch_req_{hex32}", exchange.rng) for _ in lines]
        done: dict[str, dict[str, Any]] = {}
        waiting = iter(list(zip(ids, lines, strict=True)))

        async def work() -> None:
            for id, line in waiting:
                status, request_id, body = await ask(self.told["endpoint"], line.body)
                response = {"status_code": status, "request_id": request_id, "body": body}
                done[id] = {"id": id, "custom_id": line.custom_id, "response": response}
                self._count(status, body)

        workers = [asyncio.ensure_future(work()) for _ in range(min(_AT_ONCE, len(lines)))]
        cancelled = asyncio.ensure_future(self.cancelled.wait())
        together = asyncio.ensure_future(asyncio.wait(workers))
        try:
            await asyncio.wait([cancelled, together], return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = (*workers, cancelled, together)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        return [{**done[id], "error": None} for id in ids if id in done]

    def _count(self, status: int, body: Any) -> None:
        counts = self.told["request_counts"]
        counts["completed" if status < _ERRORS_FROM else "failed"] += 1
        usage = body.get("usage") if isinstance(body, dict) else None
        if isinstance(usage, dict):
            read = usage.get("prompt_tokens", usage.get("input_tokens", 0))
            written = usage.get("completion_tokens", usage.get("output_tokens", 0))
            total = self.told["usage"]
            self.told["usage"] = _usage(
                total["input_tokens"] + read, total["output_tokens"] + written
            )

    def _keep(self, exchange: Exchange, done: list[dict[str, Any]]) -> None:
        for name, wrong in (("output", False), ("error", True)):
            entries = [e for e in done if (e["response"]["status_code"] >= _ERRORS_FROM) is wrong]
            if entries:
                written = "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries)
                data = written.encode("utf-8", "replace")
                called = f"{self.told['id']}_{name}.jsonl"
                file = files.keep(exchange, called, "batch_output", data, self.keeps)
                self.told[f"{name}_file_id"] = file.told["id"]

    def _be(self, status: str) -> None:
        # A second for each state that was passed: the same in every run.
        passed = sum(self.told[key] is not None for key in _TIMES)
        self.told["status"] = status
        self.told[f"{status}_at"] = self.told["created_at"] + passed + 1


def _usage(read: int, written: int) -> dict[str, Any]:
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }
