"""What follows a fault: a table of cases, and a machine that plays whole answers without I/O."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from steadystream.errors import (
    ConnectFailed,
    ConnectTimedOut,
    Disconnected,
    EventTooLarge,
    GaveUp,
    InvalidRequest,
    Malformed,
    NoFirstToken,
    NotAnEventStream,
    Rejected,
    SpliceMismatch,
    Stalled,
    StreamFault,
    Truncated,
    UpstreamError,
)
from steadystream.events import Message, Rung
from steadystream.policy.backoff import Backoff
from steadystream.policy.recovery import (
    Conclude,
    Continue,
    Decision,
    GiveUp,
    Recovery,
    Retries,
    Retry,
)
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.head import Head
from steadystream.protocol.reading import Reader
from steadystream.protocol.splice import Joint, joint
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request
from support.scripted import REQUEST, ROLE, chunk

CUT = Disconnected(1, "cut")
BUSY = Rejected(429, "busy", retry_after=20.0, transient=True)


class Ceiling:
    """Dice that always fall on the longest wait."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002  # the interface of dice
        return b


def transcript(*pieces: str, finish: str | None = None) -> Transcript:
    so_far = Transcript()
    raw = [chunk({"content": piece}) for piece in pieces]
    for event in Reader().feed(b"".join([*raw, *([chunk(finish=finish)] if finish else [])])):
        assert isinstance(event, Message)
        assert event.chunk is not None
        so_far.feed(event.chunk)
    return so_far


def decide(
    fault: StreamFault, *pieces: str, dialect: str = "vllm", finish: str | None = None, **more: Any
) -> Decision:
    request = replace(REQUEST, deadline=more.pop("deadline", None))
    recovery = Recovery(request, DIALECTS[dialect], Retries(**more))
    return recovery.after(fault, transcript(*pieces, finish=finish), now=100.0, dice=Ceiling())


TRANSIENT: list[StreamFault] = [
    ConnectFailed("h:1", "refused"),
    ConnectTimedOut("h:1", 5),
    CUT,
    Truncated(1),
    NoFirstToken(5),
    Stalled(5, 1),
    UpstreamError("down"),
    Malformed("JSON", "{"),
    Rejected(503, "down", transient=True),
]
FINAL: list[StreamFault] = [
    Rejected(401, "key"),
    UpstreamError("too long", type="invalid_request_error"),
    EventTooLarge(9, 8),
]
NOT_TRANSIENT = NotAnEventStream("text/html", "<html>")
NOT_TRANSIENT.transient = False


@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda fault: type(fault).__name__)
def test_an_answer_nobody_has_seen_is_asked_for_again(fault: StreamFault) -> None:
    assert decide(fault, dialect="openai") == Retry(0.5)


@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda fault: type(fault).__name__)
def test_an_answer_that_is_partly_delivered_is_continued(fault: StreamFault) -> None:
    decision = decide(fault, "one")

    assert isinstance(decision, Continue)
    assert decision.continuation.rung is Rung.EXACT_PREFIX


@pytest.mark.parametrize("pieces", [(), ("one",)])
@pytest.mark.parametrize("fault", [*FINAL, NOT_TRANSIENT], ids=lambda fault: type(fault).__name__)
def test_what_no_attempt_can_mend_is_given_up(fault: StreamFault, pieces: tuple[str, ...]) -> None:
    decision = decide(fault, *pieces)

    refused = bool(pieces) and isinstance(fault, Rejected)
    assert decision == GiveUp(GaveUp.CONTINUATION_REFUSED if refused else GaveUp.NOT_TRANSIENT)


def test_a_continuation_that_does_not_fit_is_given_up() -> None:
    assert decide(SpliceMismatch("a", "b"), "one") == GiveUp(GaveUp.CONTINUATION_REFUSED)


@pytest.mark.parametrize("fault", [*TRANSIENT, *FINAL], ids=lambda fault: type(fault).__name__)
def test_any_fault_after_the_end_concludes(fault: StreamFault) -> None:
    assert decide(fault, "one", finish="stop", dialect="openai", attempts=1) == Conclude()


def test_text_of_a_server_that_cannot_continue_is_given_up() -> None:
    prefix = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})

    assert decide(CUT, "one", dialect="openai", rungs=prefix) == GiveUp(GaveUp.CANNOT_CONTINUE)


def test_a_rung_that_is_switched_off_is_not_used() -> None:
    allowed = frozenset({Rung.EXACT_PREFIX})

    assert isinstance(decide(CUT, "one", rungs=allowed), Continue)
    assert decide(CUT, "one", dialect="groq", rungs=allowed) == GiveUp(GaveUp.CANNOT_CONTINUE)


def test_without_attempts_left_it_is_given_up() -> None:
    assert decide(CUT, attempts=1) == GiveUp(GaveUp.ATTEMPTS_SPENT)
    assert decide(CUT, "one", attempts=1) == GiveUp(GaveUp.ATTEMPTS_SPENT)


def test_the_wait_is_what_the_server_asks_for() -> None:
    assert decide(BUSY) == Retry(20.0)


def test_a_server_that_asks_for_less_than_the_backoff_gets_the_backoff() -> None:
    assert decide(Rejected(429, "busy", retry_after=0.1, transient=True)) == Retry(0.5)


def test_a_longer_wait_than_allowed_is_given_up() -> None:
    assert decide(BUSY, max_retry_after=19.9) == GiveUp(GaveUp.RETRY_AFTER_TOO_LONG)
    assert decide(BUSY, max_retry_after=20.0) == Retry(20.0)


def test_a_wait_that_reaches_the_deadline_is_given_up() -> None:
    assert decide(BUSY, deadline=120.0) == GiveUp(GaveUp.NO_TIME_LEFT)
    assert decide(BUSY, deadline=120.1) == Retry(20.0)


def test_waits_grow_while_nothing_new_arrives_and_begin_anew_when_something_does() -> None:
    recovery = Recovery(REQUEST, DIALECTS["vllm"], Retries(attempts=9, backoff=Backoff(cap=3.0)))
    texts = [[], [], [], [], ["a"], ["a"], ["a", "b"]]

    decisions = [
        recovery.after(CUT, transcript(*pieces), now=0.0, dice=Ceiling()) for pieces in texts
    ]

    waits = [d.seconds for d in decisions if isinstance(d, (Retry, Continue))]
    assert waits == [0.5, 1.0, 2.0, 3.0, 0.5, 1.0, 0.5]


def test_an_answer_at_its_token_limit_is_ended_without_a_wait_or_a_deadline() -> None:
    request = replace(REQUEST, body={**REQUEST.body, "max_tokens": 2}, deadline=100.0)
    recovery = Recovery(request, DIALECTS["openai"], Retries())

    decision = recovery.after(CUT, transcript("a", "b"), now=100.0, dice=Ceiling())

    assert decision == Continue(0.0, Continuation(None, Rung.LENGTH))
    assert recovery.attempts == 1


@pytest.mark.parametrize("value", [-1, "5", float("nan"), True])
def test_a_wait_that_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"retries\.max_retry_after must be zero or more"):
        Retries(max_retry_after=value)


_PIECES = ["one", " two", "a", " ", "\n", "b \n", "é", "🌊"]
_faults = st.one_of(
    st.sampled_from(TRANSIENT),
    st.sampled_from(TRANSIENT),
    st.sampled_from(FINAL),
    st.floats(0, 90).map(lambda s: Rejected(429, "busy", retry_after=s, transient=True)),
)


class Server:
    """Continues exactly, as the dialect does; one piece a token."""

    def __init__(self, pieces: list[str], dialect: str) -> None:
        self._pieces = pieces
        self._echoes = dialect == "mistral"

    def stream(self, request: Request) -> list[bytes]:
        last = request.body["messages"][-1]
        prefix = last["content"] if last["role"] == "assistant" else ""
        assert "".join(self._pieces).startswith(prefix)
        tokens, left = [], len(prefix)
        for piece in self._pieces:
            if left < len(piece):
                tokens.append(piece[left:])
            left = max(0, left - len(piece))
        limit = request.body.get("max_tokens")
        ends = "stop" if limit is None or limit >= len(tokens) else "length"
        echo = [prefix] if prefix and self._echoes else []
        said = [chunk({"content": token}) for token in [*echo, *tokens[:limit]]]
        return [ROLE, *said, chunk(finish=ends)]


class Answers(RuleBasedStateMachine):
    """One answer, made of attempts that fail at any point."""

    @initialize(
        pieces=st.lists(st.sampled_from(_PIECES), max_size=8),
        dialect=st.sampled_from(["vllm", "mistral", "deepseek", "groq", "openai"]),
        limit=st.none() | st.integers(1, 8),
        attempts=st.integers(1, 6),
        deadline=st.none() | st.floats(0, 200),
        seed=st.integers(0, 99),
    )
    def begin(
        self,
        *,
        pieces: list[str],
        dialect: str,
        limit: int | None,
        attempts: int,
        deadline: float | None,
        seed: int,
    ) -> None:
        body = {**REQUEST.body} if limit is None else {**REQUEST.body, "max_tokens": limit}
        self.request = replace(REQUEST, body=body, deadline=deadline)
        self.settings = Retries(attempts=attempts, max_retry_after=60.0)
        self.truth = "".join(pieces[:limit])
        self.server = Server(pieces, dialect)
        self.recoveries = [
            Recovery(self.request, DIALECTS[dialect], self.settings) for _ in range(2)
        ]
        self.dice = [Random(seed), Random(seed)]
        self.so_far = Transcript()
        self.delivered: list[str] = []
        self.now = 0.0
        self.sent = 0
        self.over: Decision | None = None
        self.ended = False
        self.rung: Rung | None = None
        self._open(self.request, Head())

    def _open(self, request: Request, gate: Joint) -> None:
        self.sent += 1
        self.joint = gate
        self.left = self.server.stream(request)

    @precondition(lambda self: self.over is None and not self.ended)
    @rule()
    def the_next_event_arrives(self) -> None:
        for event in self.joint.feed(Reader().feed(self.left.pop(0))):
            if isinstance(event, Message) and event.chunk is not None:
                self.so_far.feed(event.chunk)
                self.delivered.append(event.chunk.text)
        self.ended = not self.left

    @rule(seconds=st.floats(0, 50))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.over is None)
    @rule(fault=_faults)
    def the_attempt_fails(self, fault: StreamFault) -> None:
        decisions = [
            recovery.after(fault, self.so_far, now=self.now, dice=dice)
            for recovery, dice in zip(self.recoveries, self.dice, strict=True)
        ]
        decision, twin = decisions
        assert _plain(decision) == _plain(twin)
        match decision:
            case Retry(seconds):
                assert not self.so_far.started
                assert fault.transient
                self._check_wait(seconds, fault)
                self._open(self.request, Head())
                self.rung = None
            case Continue(seconds, rest) if rest.request is not None:
                assert self.so_far.started
                # A way of going on that was refused is followed by another, never by itself.
                assert fault.transient or self.rung not in {None, rest.rung}
                self._check_wait(seconds, fault)
                self.rung = rest.rung
                self._open(rest.request, joint(rest, self.so_far, self.sent + 1, fault))
            case Continue(seconds, rest):
                assert (seconds, rest.rung) == (0.0, Rung.LENGTH)
                assert "".join(self.delivered) == self.truth
                self.over = decision
            case Conclude():
                assert self.so_far.is_finished
                assert "".join(self.delivered) == self.truth
                self.over = decision
            case GiveUp(why):
                assert not self.so_far.is_finished
                assert (why is GaveUp.ATTEMPTS_SPENT) <= (self.sent == self.settings.attempts)
                self.over = decision

    def _check_wait(self, seconds: float, fault: StreamFault) -> None:
        asked_for = fault.retry_after or 0.0
        assert asked_for <= seconds <= max(asked_for, self.settings.backoff.cap)
        assert asked_for <= self.settings.max_retry_after
        deadline = self.request.deadline
        assert deadline is None or self.now + seconds < deadline
        self.now += seconds

    @precondition(lambda self: isinstance(self.over, (Conclude, GiveUp)))
    @rule()
    def what_is_over_stays_over(self) -> None:
        again = self.recoveries[0].after(
            Rejected(401, "key"), self.so_far, now=self.now, dice=self.dice[0]
        )

        assert isinstance(again, type(self.over))

    @invariant()
    def what_is_delivered_is_the_answer_or_its_beginning(self) -> None:
        if hasattr(self, "delivered"):
            text = "".join(self.delivered)
            assert self.truth.startswith(text)
            assert text == self.truth or not self.ended
            assert self.so_far.text == text

    @invariant()
    def no_more_attempts_are_made_than_allowed(self) -> None:
        if hasattr(self, "sent"):
            assert self.sent == self.recoveries[0].attempts <= self.settings.attempts


def _plain(decision: Decision) -> Any:
    rest = decision.continuation if isinstance(decision, Continue) else None
    body = json.dumps(dict(rest.request.body)) if rest and rest.request else None
    return type(decision), getattr(decision, "seconds", None), getattr(decision, "why", None), body


TestAnswers = pytest.mark.slow(Answers.TestCase)
