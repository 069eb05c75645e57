"""Events of the Responses API, written as a server writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from steadystream.errors import Disconnected
from steadystream.events import Batch, Message, Rung, Seam
from steadystream.protocol.api import RESPONSES
from steadystream.protocol.responses.transcript import ResponseTranscript

CUT = Disconnected(3, "reset")
USAGE = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}


class Spoken:
    """Writes one response, event by event.

    Args:
        name: what tells it from others; it is in all of its ids.
        numbered: whether its events have numbers.
        background: whether it says that it goes on by itself.
    """

    def __init__(
        self, name: str = "a", *, numbered: bool = True, background: bool = False, **more: Any
    ) -> None:
        self.id = name
        self.raws: list[bytes] = []
        self._numbered = numbered
        self._shell = {
            "id": f"resp_{name}",
            "object": "response",
            "created_at": len(name) + 1_700_000_000,
            "model": f"model-{name}",
            "background": background,
            **more,
        }
        self._output: list[dict[str, Any]] = []
        for kind in ("created", "in_progress"):
            self.event(f"response.{kind}", response=self._response("in_progress"))

    def _response(self, status: str, **more: Any) -> dict[str, Any]:
        return {**self._shell, "status": status, "output": list(self._output), **more}

    def event(self, kind: str, **members: Any) -> Spoken:
        number = {"sequence_number": len(self.raws)} if self._numbered else {}
        data = json.dumps({"type": kind, **number, **members})
        self.raws.append(f"event: {kind}\ndata: {data}\n\n".encode())
        return self

    def message(
        self, *deltas: str, annotations: Sequence[Any] = (), logprobs: bool = False
    ) -> Spoken:
        """Say a text, cut into these deltas."""
        text, index = "".join(deltas), len(self._output)
        item = {"id": f"msg_{self.id}{index}", "type": "message", "role": "assistant"}
        where = {"item_id": item["id"], "output_index": index, "content_index": 0}
        part = {"type": "output_text", "annotations": [], "text": ""}
        self._added({**item, "content": []})
        self.event("response.content_part.added", **where, part=part)
        for delta in deltas:
            more = {"logprobs": [{"token": delta, "logprob": -1.0}]} if logprobs else {}
            self.event("response.output_text.delta", **where, delta=delta, **more)
        for number, annotation in enumerate(annotations):
            self.event(
                "response.output_text.annotation.added",
                **where,
                annotation_index=number,
                annotation=annotation,
            )
        self.event("response.output_text.done", **where, text=text)
        part = {**part, "text": text, "annotations": list(annotations)}
        self.event("response.content_part.done", **where, part=part)
        return self._done({**item, "content": [part]})

    def refusal(self, *deltas: str) -> Spoken:
        index = len(self._output)
        item = {"id": f"msg_{self.id}{index}", "type": "message", "role": "assistant"}
        where = {"item_id": item["id"], "output_index": index, "content_index": 0}
        self._added({**item, "content": []})
        self.event("response.content_part.added", **where, part={"type": "refusal", "refusal": ""})
        for delta in deltas:
            self.event("response.refusal.delta", **where, delta=delta)
        self.event("response.refusal.done", **where, refusal="".join(deltas))
        part = {"type": "refusal", "refusal": "".join(deltas)}
        self.event("response.content_part.done", **where, part=part)
        return self._done({**item, "content": [part]})

    def reasoning(self, *deltas: str, encrypted: str | None = None) -> Spoken:
        """Tell a summary of what is thought, in one part; without deltas nothing is shown."""
        index = len(self._output)
        item: dict[str, Any] = {"id": f"rs_{self.id}{index}", "type": "reasoning", "summary": []}
        where = {"item_id": item["id"], "output_index": index, "summary_index": 0}
        self._added(item)
        parts = []
        if deltas:
            part = {"type": "summary_text", "text": ""}
            self.event("response.reasoning_summary_part.added", **where, part=part)
            for delta in deltas:
                self.event("response.reasoning_summary_text.delta", **where, delta=delta)
            text = "".join(deltas)
            self.event("response.reasoning_summary_text.done", **where, text=text)
            part = {"type": "summary_text", "text": text}
            self.event("response.reasoning_summary_part.done", **where, part=part)
            parts = [part]
        sealed = {} if encrypted is None else {"encrypted_content": encrypted}
        return self._done({**item, "summary": parts, **sealed})

    def call(self, name: str, *deltas: str, kind: str = "function_call") -> Spoken:
        """Call a function, its arguments cut into these deltas; or a custom tool."""
        index, custom = len(self._output), kind == "custom_tool_call"
        member = "input" if custom else "arguments"
        said = {"custom_tool_call": "custom_tool_call_input", "mcp_call": "mcp_call_arguments"}.get(
            kind, "function_call_arguments"
        )
        item = {"id": f"fc_{self.id}{index}", "type": kind, "name": name}
        item["call_id"] = f"call_{self.id}{index}"
        where = {"item_id": item["id"], "output_index": index}
        self._added({**item, member: ""})
        for delta in deltas:
            self.event(f"response.{said}.delta", **where, delta=delta)
        self.event(f"response.{said}.done", **where, **{member: "".join(deltas)})
        return self._done({**item, member: "".join(deltas)})

    def search(self, query: str) -> Spoken:
        """Let the provider search the web."""
        index = len(self._output)
        item: dict[str, Any] = {"id": f"ws_{self.id}{index}", "type": "web_search_call"}
        self._added(item)
        for step in ("in_progress", "searching", "completed"):
            self.event(f"response.web_search_call.{step}", item_id=item["id"], output_index=index)
        return self._done({**item, "action": {"type": "search", "query": query}})

    def end(self, status: str = "completed", **more: Any) -> Spoken:
        """End it; `failed` is an end that is none."""
        response = self._response(status, usage=USAGE, **more)
        return self.event(f"response.{status}", response=response)

    def _added(self, item: dict[str, Any]) -> None:
        self.event(
            "response.output_item.added",
            output_index=len(self._output),
            item={**item, "status": "in_progress"},
        )

    def _done(self, item: dict[str, Any]) -> Spoken:
        done = {**item, "status": "completed"}
        self.event("response.output_item.done", output_index=len(self._output), item=done)
        self._output.append(done)
        return self

    @property
    def body(self) -> bytes:
        return b"".join(self.raws)

    @property
    def events(self) -> Batch:
        return events_in(self.body)


def events_in(body: bytes) -> Batch:
    reader = RESPONSES.reader(ends_bare=True)
    batch = [*reader.feed(body), *reader.finish()]
    assert reader.fault is None
    return batch


def transcript_of(events: Iterable[Any]) -> ResponseTranscript:
    transcript = ResponseTranscript()
    RESPONSES.keep(transcript, events)
    return transcript


def seam(so_far: ResponseTranscript, rung: Rung) -> Seam:
    return Seam(len(so_far.text), rung, False, 2, CUT)


def types_of(events: Iterable[Any]) -> list[str]:
    return [event.said.type for event in events if isinstance(event, Message) and event.said]


def numbers_of(events: Iterable[Any]) -> list[int | None]:
    return [e.said.sequence_number for e in events if isinstance(e, Message) and e.said]


def documents_of(events: Iterable[Any]) -> list[dict[str, Any]]:
    raws = [event.raw for event in events if isinstance(event, Message)]
    return [json.loads(re.split(rb"^data: ", raw, flags=re.MULTILINE)[1]) for raw in raws]


def documents_in(body: bytes) -> list[dict[str, Any]]:
    """Return the data of the events in a body, errors too."""
    lines = [line for line in body.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line.removeprefix(b"data: ")) for line in lines]
