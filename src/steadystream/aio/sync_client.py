"""The client for callers without an event loop."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .answer import Answer, ResponseAnswer
from .loop_thread import LoopThread
from .sync_answer import SyncAnswer, SyncResponseAnswer

if TYPE_CHECKING:
    from .client import SteadyClient


class SyncSteadyClient:
    """A `SteadyClient` that blocks; `SteadyClient.sync` makes it.

        with SteadyClient("https://api.deepseek.com", api_key=key).sync() as client:
            with client.stream(model="deepseek-chat", messages=messages) as answer:
                for text in answer.text():
                    print(text, end="")

    An event loop in a thread of its own does the work, for any number of answers and of threads.
    Ctrl-C ends the wait, and the answer with it. It may be used where a loop is running, in a
    notebook for instance; that loop stands still meanwhile.
    """

    def __init__(self, client: SteadyClient) -> None:
        self._client = client
        self._loop = LoopThread(client.close)
        self._finalizer = weakref.finalize(self, self._loop.close)

    @property
    def responses(self) -> SyncResponses:
        """The Responses API of the same server; while it is held, the client stays open."""
        return SyncResponses(self._client, self._loop, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the answers under way, close the connections, and end the thread.

        A client that is no longer referred to, or that is left when the interpreter ends, is closed
        by itself.
        """
        self._finalizer()

    def stream(self, *, model: str, messages: list[Any], **parameters: Any) -> SyncAnswer:
        """Return the answer to `messages`; to be entered with `with`.

        Args:
            model: its name, as the server knows it.
            messages: the conversation, as in the API.
            **parameters: all that `SteadyClient.stream` takes.

        Raises:
            InvalidRequest: the request cannot work; nothing was sent.
        """

        async def asked() -> Answer:
            return self._client.stream(model=model, messages=messages, **parameters)

        return SyncAnswer(self._loop.run(asked), self._loop, self)

    def complete(self, *, model: str, messages: list[Any], **parameters: Any) -> dict[str, Any]:
        """Return the whole answer as a `chat.completion` object; takes what `stream` takes."""
        with self.stream(model=model, messages=messages, **parameters) as answer:
            return answer.finish()


class SyncResponses:
    """Answers of the Responses API; `SyncSteadyClient.responses` is one."""

    def __init__(self, client: SteadyClient, loop: LoopThread, held: object) -> None:
        self._client = client
        self._loop = loop
        self._held = held  # stays open as long as this or an answer of it is held

    def stream(
        self,
        *,
        model: str | None = None,
        input: str | Sequence[Any] | None = None,
        **parameters: Any,
    ) -> SyncResponseAnswer:
        """Return the answer to `input`; to be entered with `with`.

        Args:
            model: its name, as the server knows it.
            input: a text, or items as in the API.
            **parameters: all that `Responses.stream` takes.

        Raises:
            InvalidRequest: the request cannot work; nothing was sent.
        """

        async def asked() -> ResponseAnswer:
            return self._client.responses.stream(model=model, input=input, **parameters)

        return SyncResponseAnswer(self._loop.run(asked), self._loop, self)

    def complete(
        self,
        *,
        model: str | None = None,
        input: str | Sequence[Any] | None = None,
        **parameters: Any,
    ) -> dict[str, Any]:
        """Return the whole answer as a `response` object; takes what `stream` takes."""
        with self.stream(model=model, input=input, **parameters) as answer:
            return answer.finish()
