"""A streamed answer of an OpenAI-compatible API arrives whole, although connections break.

    async with SteadyClient("https://api.deepseek.com", api_key=key) as client:
        async with client.stream(model="deepseek-chat", messages=messages) as answer:
            async for text in answer.text():
                print(text, end="")

`SteadyStream` does the same under unmodified aiohttp code, and `steadystream.integrations` under
the openai SDK. `EventSource` reads any other stream of events. `errors`, `events` and `protocol`
hold the rest of the vocabulary.
"""

from .aio.answer import Answer, ResponseAnswer
from .aio.client import SteadyClient
from .aio.event_source import EventSource
from .aio.middleware import SteadyStream, answer_of
from .aio.response import AnswerBroken, AnswerLate, fault_of, partial_of
from .aio.sync_answer import SyncAnswer, SyncResponseAnswer
from .aio.sync_client import SyncSteadyClient
from .errors import GaveUp, InvalidRequest, Rejected, SteadyStreamError, StreamFault
from .events import Event, Message, Rung, Seam, Verdict
from .policy.attempts import Attempt
from .policy.backoff import Backoff
from .policy.breaker import Breaker
from .policy.budget import Budget
from .policy.clock import Timeouts
from .policy.cost import Cost
from .policy.economy import Economy
from .policy.fallbacks import Fallback
from .policy.hedge import Hedge
from .policy.pace import Pace
from .policy.retries import Retries
from .policy.throughput import Throughput
from .protocol.dialects import Dialect
from .protocol.forwarding import event_bytes
from .protocol.message_event import MessageEvent, ReadyState
from .protocol.profiles import Profile
from .protocol.responses.events import ResponseEvent
from .protocol.responses.transcript import ResponseTranscript
from .protocol.transcript import Transcript
from .protocol.usage import Usage

__all__ = [
    "Answer",
    "AnswerBroken",
    "AnswerLate",
    "Attempt",
    "Backoff",
    "Breaker",
    "Budget",
    "Cost",
    "Dialect",
    "Economy",
    "Event",
    "EventSource",
    "Fallback",
    "GaveUp",
    "Hedge",
    "InvalidRequest",
    "Message",
    "MessageEvent",
    "Pace",
    "Profile",
    "ReadyState",
    "Rejected",
    "ResponseAnswer",
    "ResponseEvent",
    "ResponseTranscript",
    "Retries",
    "Rung",
    "Seam",
    "SteadyClient",
    "SteadyStream",
    "SteadyStreamError",
    "StreamFault",
    "SyncAnswer",
    "SyncResponseAnswer",
    "SyncSteadyClient",
    "Throughput",
    "Timeouts",
    "Transcript",
    "Usage",
    "Verdict",
    "answer_of",
    "event_bytes",
    "fault_of",
    "partial_of",
]
