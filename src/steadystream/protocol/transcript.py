"""What has arrived of an answer: a fold over its chunks."""

from __future__ import annotations

import json
from bisect import insort
from typing import Any

import msgspec

from steadystream.protocol.chat import Choice, Chunk
from steadystream.protocol.choice_transcript import ChoiceTranscript, ToolCall


class Transcript(
    msgspec.Struct, eq=False, omit_defaults=True, tag_field="object", tag="steadystream.transcript"
):
    """Folds the chunks of one answer, all choices of it.

    How the answer is cut into chunks does not matter, except for `text_chunks`. True when anything
    of the answer has come.

    Attributes:
        choices: one entry for each choice seen, in order of their indices.
        usage: as the server reported it; the last report wins. None when there was none.
        id: the first that was not empty; so are `created` (seconds since 1970), `model`,
            `system_fingerprint` and `service_tier`.
        citations: sources as Perplexity names them beside the choices; the last list wins.
    """

    choices: list[ChoiceTranscript] = []
    usage: dict[str, Any] | None = None
    id: str | None = None
    created: int | float | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    citations: Any = None

    def feed(self, chunk: Chunk) -> None:
        """Add what `chunk` holds. Errors in it are not part of an answer and left out."""
        plain = False
        for choice in chunk.choices:
            for mine in self.choices:
                if mine.index == choice.index:
                    break
            else:
                mine = self._begin(choice)
            plain = mine.feed(choice)
        # Identity stands in every chunk; one that adds nothing but text need not be asked again.
        if not plain or self.id is None:
            self._identify(chunk)
        if chunk.usage is not None:
            self.usage = chunk.usage

    def feed_text(self, text: str) -> None:
        """Add a piece of the first choice's text; what `feed` does of a chunk that is nothing else.

        Identity is not in it, so another chunk of the answer has to come before it or after it.
        """
        choices = self.choices
        if not choices or choices[0].index != 0:
            self._begin(Choice(0))
        choices[0].text_parts.append(text)

    def forget_reasoning(self) -> None:
        """Take out all reasoning, which comes again from its beginning."""
        for mine in self.choices:
            mine.reasoning_parts = []
            mine.reasoning_details = []

    def _begin(self, choice: Choice) -> ChoiceTranscript:
        mine = ChoiceTranscript(choice.index)
        insort(self.choices, mine, key=lambda each: each.index)
        return mine

    def _identify(self, chunk: Chunk) -> None:
        self.id = self.id or chunk.id or None
        self.created = self.created or chunk.created or None
        self.model = self.model or chunk.model or None
        self.system_fingerprint = self.system_fingerprint or chunk.system_fingerprint or None
        self.service_tier = self.service_tier or chunk.service_tier or None
        if chunk.citations is not None:
            self.citations = chunk.citations

    def choice(self, index: int = 0) -> ChoiceTranscript | None:
        """Return what has come of one choice, None when nothing has."""
        return next((mine for mine in self.choices if mine.index == index), None)

    @property
    def text(self) -> str:
        """Content of choice 0."""
        mine = self.choice()
        return mine.text if mine else ""

    @property
    def reasoning(self) -> str:
        """Reasoning of choice 0."""
        mine = self.choice()
        return mine.reasoning if mine else ""

    @property
    def refusal(self) -> str:
        """Refusal in choice 0."""
        mine = self.choice()
        return mine.refusal if mine else ""

    @property
    def tool_calls(self) -> list[ToolCall]:
        """Tool calls of choice 0, whole or not."""
        mine = self.choice()
        return mine.tool_calls if mine else []

    @property
    def text_chunks(self) -> int:
        """Number of content deltas in choice 0: never more than its tokens, often as many."""
        mine = self.choice()
        return mine.text_chunks if mine else 0

    @property
    def settled_text_chunks(self) -> int:
        """Number of content deltas in choice 0 that no whitespace at its end touches."""
        mine = self.choice()
        return mine.settled_text_chunks if mine else 0

    @property
    def finish_reasons(self) -> dict[int, str | None]:
        """Finish reason by index of the choice; None while it is under way."""
        return {mine.index: mine.finish_reason for mine in self.choices}

    @property
    def started(self) -> bool:
        """Whether anything of the answer has come; roles and empty deltas are nothing."""
        return any(mine.started for mine in self.choices)

    @property
    def is_finished(self) -> bool:
        """Whether there is a choice, and every choice seen has its finish reason."""
        for mine in self.choices:  # a plain loop: asked for after every read
            if not mine.finish_reason:
                return False
        return bool(self.choices)

    def message(self, index: int = 0) -> dict[str, Any]:
        """Return the assistant message of one choice as the API gives it without streaming."""
        return (self.choice(index) or ChoiceTranscript(index)).message()

    def response(self) -> dict[str, Any]:
        """Return the whole `chat.completion` object as the API gives it without streaming."""
        response: dict[str, Any] = {
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [mine.response() for mine in self.choices],
            "usage": self.usage,
            "service_tier": self.service_tier,
            "system_fingerprint": self.system_fingerprint,
        }
        if self.citations is not None:
            response["citations"] = self.citations
        return response

    def to_json(self) -> bytes:
        """Return it as JSON, to be stored and read by `from_json`."""
        try:
            return msgspec.json.encode(self)
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
            return json.dumps(msgspec.to_builtins(self)).encode()

    @classmethod
    def from_json(cls, stored: bytes | str) -> Transcript:
        """Return the transcript that `to_json` wrote. It can be fed further.

        Raises:
            ValueError: `stored` is something else.
        """
        try:
            value = json.loads(stored)
            if isinstance(value, dict):
                value.setdefault("object", None)  # without a tag msgspec takes any object
            return msgspec.convert(value, cls)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            raise ValueError(f"expected a stored transcript, got {error}") from error

    def __bool__(self) -> bool:
        return self.started

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Transcript):
            return NotImplemented
        return self.response() == other.response()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        choices = ", ".join(map(repr, self.choices))
        return f"Transcript(id={self.id!r}, model={self.model!r}, choices=[{choices}])"
