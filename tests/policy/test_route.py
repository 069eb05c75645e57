"""Which upstream is asked next: a table of courses, without I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from steadystream.errors import (
    BreakerOpen,
    ConnectFailed,
    Disconnected,
    GaveUp,
    Rejected,
    SpliceMismatch,
    StreamFault,
    UpstreamError,
)
from steadystream.events import Message, Place, Rung
from steadystream.policy.backoff import Backoff
from steadystream.policy.budget import Budget
from steadystream.policy.recovery import Continue, Decision, GiveUp, Recovery, Retries, Retry
from steadystream.policy.refused import RefusedRungs
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.reading import Reader
from steadystream.protocol.transcript import Transcript
from steadystream.protocol.upstream import Upstream
from support.scripted import REQUEST, chunk

CUT = Disconnected(1, "cut")
DOWN = Rejected(503, "down", transient=True)
NO_KEY = Rejected(401, "key")
WRONG = Rejected(400, "wrong")
MISFIT = SpliceMismatch("goes on", "x")


class Highest:
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002  # the interface of dice
        return b


def upstream(name: str, dialect: str = "openai") -> Upstream:
    return Upstream(
        name=name,
        url=f"http://{name}/v1/chat/completions",
        headers={"Authorization": f"Bearer key-of-{name}"},
        dialect=DIALECTS[dialect],
        model=name,
    )


def said(*pieces: str) -> Transcript:
    so_far = Transcript()
    for event in Reader().feed(b"".join(chunk({"content": piece}) for piece in pieces)):
        assert isinstance(event, Message)
        assert event.chunk is not None
        so_far.feed(event.chunk)
    return so_far


class Course:
    """An answer whose attempts fail one after the other, each a while after the one before."""

    def __init__(self, *others: Upstream, first: str = "openai", **settings: Any) -> None:
        self.budget: Budget | None = settings.pop("budget", None)
        deadline = settings.pop("deadline", None)
        self.refused = RefusedRungs()
        self.recovery = Recovery(
            replace(REQUEST, deadline=deadline, headers={"Authorization": "Bearer key-of-m"}),
            DIALECTS[first],
            Retries(**{"attempts": 9, "backoff": Backoff(base=1, cap=4), **settings}),
            self.budget,
            self.refused,
            others=others,
        )
        self.now = 100.0

    def after(self, fault: StreamFault, *pieces: str) -> Decision:
        decision = self.recovery.after(fault, said(*pieces), now=self.now, dice=Highest())
        self.now += getattr(decision, "seconds", 0.0)
        return decision

    @property
    def model(self) -> str:
        return self.recovery.place.model

    def models(self, *faults: StreamFault) -> str:
        found = []
        for fault in faults:
            self.after(fault)
            found.append(self.model)
        return " ".join(found)


A, B, C = upstream("a"), upstream("b"), upstream("c")


def test_the_same_is_asked_again_and_then_the_next_and_behind_the_last_the_first() -> None:
    course = Course(A, B)

    assert course.models(*[DOWN] * 7) == "m a a b b m m"


@pytest.mark.parametrize(
    ("each", "asked"), [(1, "a b m a b m"), (2, "m a a b b m"), (3, "m m a a a b")]
)
def test_how_often_in_a_row_is_a_setting(each: int, asked: str) -> None:
    assert Course(A, B, attempts_each=each).models(*[DOWN] * 6) == asked


def test_an_attempt_is_kept_for_each_that_was_not_asked_yet() -> None:
    assert Course(A, B, C, attempts=4).models(*[DOWN] * 3) == "a b c"
    assert Course(A, B, C, attempts=5).models(*[DOWN] * 4) == "m a b c"


def test_the_attempts_are_those_of_all_together() -> None:
    course = Course(A, attempts=2, attempts_each=1)

    course.after(DOWN)

    assert course.after(DOWN) == GiveUp(GaveUp.ATTEMPTS_SPENT)


def test_turning_to_another_needs_no_wait_and_coming_back_only_what_is_left_of_it() -> None:
    course = Course(A, attempts_each=1)

    waits = [course.after(DOWN) for _ in range(4)]

    assert waits == [Retry(0.0), Retry(1.0), Retry(0.0), Retry(2.0)]


@pytest.mark.parametrize(
    "fault", [ConnectFailed("m:1", "refused"), BreakerOpen("m", 30.0)], ids=repr
)
def test_who_cannot_be_asked_now_is_left_at_once(fault: StreamFault) -> None:
    course = Course(A)

    assert course.after(fault) == Retry(0.0)
    assert course.model == "a"


@pytest.mark.parametrize(
    "fault",
    [
        NO_KEY,
        Rejected(403, "not in your country"),
        Rejected(404, "no such model"),
        Rejected(429, "quota", error={"error": {"code": "insufficient_quota"}}),
        Rejected(501, "cannot"),
        Rejected(400, "maximum context length is 5 tokens"),
        UpstreamError("spent", "insufficient_quota"),
    ],
    ids=repr,
)
def test_who_cannot_serve_is_left_for_good(fault: StreamFault) -> None:
    course = Course(A, attempts_each=1)

    assert course.models(fault, DOWN, DOWN, DOWN) == "a a a a"


def test_where_nobody_can_serve_the_fault_is_final() -> None:
    course = Course(A)

    course.after(NO_KEY)

    assert course.after(NO_KEY) == GiveUp(GaveUp.NOT_TRANSIENT)


def test_what_the_first_says_is_wrong_with_the_request_is_asked_nobody_else() -> None:
    course = Course(A)

    assert course.after(WRONG) == GiveUp(GaveUp.NOT_TRANSIENT)
    assert course.model == "m"


def test_what_a_fallback_finds_wrong_is_asked_the_others() -> None:
    course = Course(A, B)

    assert course.models(NO_KEY, WRONG) == "a b"


def test_a_long_wait_that_a_server_asks_for_is_spent_on_the_next() -> None:
    busy = Rejected(429, "busy", retry_after=20.0, transient=True)
    course = Course(A)

    assert course.after(busy) == Retry(0.0)
    assert course.model == "a"


def test_a_short_one_is_waited_for() -> None:
    busy = Rejected(429, "busy", retry_after=2.0, transient=True)
    course = Course(A)

    assert course.after(busy) == Retry(2.0)
    assert course.model == "m"


def test_who_asks_for_a_wait_beyond_the_limit_is_not_come_back_to() -> None:
    never = Rejected(429, "busy", retry_after=999.0, transient=True)
    course = Course(A)

    assert course.models(never, DOWN) == "a a"
    course = Course(A)
    course.after(never)
    assert course.after(never) == GiveUp(GaveUp.RETRY_AFTER_TOO_LONG)


def test_who_could_be_asked_only_after_the_deadline_makes_way_for_who_can_now() -> None:
    course = Course(A, deadline=100.5)

    assert course.after(DOWN) == Retry(0.0)
    assert course.model == "a"


def test_the_budget_pays_for_another_upstream_too() -> None:
    course = Course(A, budget=Budget(minimum_per_second=0.01, share=0, window=100))

    assert course.after(NO_KEY) == Retry(0.0)
    assert course.after(DOWN) == GiveUp(GaveUp.BUDGET_SPENT)


def test_turning_away_from_what_a_breaker_refused_costs_nothing() -> None:
    course = Course(A, budget=Budget(minimum_per_second=0.01, share=0, window=100))

    assert course.after(BreakerOpen("m", 30.0)) == Retry(0.0)
    assert course.after(DOWN) == Retry(1.0)


def test_a_request_elsewhere_holds_the_keys_and_the_model_of_there_and_nothing_else() -> None:
    course = Course(A, first="vllm")
    course.after(NO_KEY)
    request = course.recovery.request

    assert request.url == A.url
    assert request.headers == A.headers
    assert request.body == {**REQUEST.body, "model": "a"}
    assert request.upstream == "a"


def continued(decision: Decision) -> Continue:
    assert isinstance(decision, Continue)
    return decision


def test_a_continuation_elsewhere_speaks_the_dialect_of_there() -> None:
    course = Course(upstream("a", "deepseek"), first="vllm")

    rest = continued(course.after(NO_KEY, "one", " two")).continuation

    assert rest.rung is Rung.EXACT_PREFIX
    assert rest.request is not None
    assert rest.request.url == "http://a/beta/chat/completions"
    assert rest.request.headers == {"Authorization": "Bearer key-of-a"}
    assert rest.request.body["model"] == "a"
    assert rest.request.body["messages"][-1]["prefix"] is True
    assert "continue_final_message" not in rest.request.body


def test_an_upstream_that_makes_headway_is_kept() -> None:
    course = Course(upstream("a", "vllm"), first="vllm")

    continued(course.after(CUT, "one"))
    assert course.model == "m"
    continued(course.after(CUT, "one", " two"))
    assert course.model == "m"
    continued(course.after(CUT, "one", " two"))
    assert course.model == "a"


def test_who_cannot_go_on_is_followed_by_one_who_can() -> None:
    course = Course(A, upstream("b", "vllm"), rungs={"exact_prefix"})

    rest = continued(course.after(CUT, "one")).continuation

    assert course.model == "b"
    assert rest.rung is Rung.EXACT_PREFIX


def test_every_way_at_the_first_comes_before_the_next() -> None:
    course = Course(upstream("b", "vllm"))

    assert continued(course.after(CUT, "one")).continuation.rung is Rung.REGENERATE
    assert course.model == "m"
    assert continued(course.after(MISFIT, "one")).continuation.rung is Rung.EXACT_PREFIX
    assert course.model == "b"


def test_a_way_that_is_not_allowed_across_models_is_not_gone() -> None:
    course = Course(upstream("b", "vllm"), rungs_across_models=frozenset())

    continued(course.after(CUT, "one"))

    assert course.after(MISFIT, "one") == GiveUp(GaveUp.CONTINUATION_REFUSED)


def test_the_same_model_at_another_host_is_not_another_model() -> None:
    course = Course(replace(upstream("b", "vllm"), model=None), rungs_across_models=frozenset())

    assert continued(course.after(NO_KEY, "one")).continuation.rung is Rung.EXACT_PREFIX
    assert course.recovery.place == Place("b", "m")


def test_in_words_another_model_is_asked_only_where_that_is_allowed_too() -> None:
    rungs = frozenset({Rung.INSTRUCT})
    long = "a text of more than a few words"

    assert isinstance(Course(A, rungs=rungs).after(NO_KEY, long), GiveUp)
    allowed = Course(A, rungs=rungs, rungs_across_models=rungs)
    assert continued(allowed.after(NO_KEY, long)).continuation.rung is Rung.INSTRUCT


def test_what_two_models_said_is_not_asked_of_one_again() -> None:
    course = Course(upstream("a", "vllm"), B)
    continued(course.after(NO_KEY, "one"))  # a goes on exactly

    decision = course.after(NO_KEY, "one", " two")  # b could only say all of it again

    assert decision == GiveUp(GaveUp.CANNOT_CONTINUE)


def test_a_way_that_one_refused_is_open_at_another() -> None:
    course = Course(upstream("a", "vllm"), first="vllm", rungs={"exact_prefix"})

    continued(course.after(CUT, "one"))
    continued(course.after(Rejected(400, "no prefill"), "one"))

    assert course.model == "a"


def test_a_refusal_for_the_size_of_an_answer_is_not_remembered_as_one_of_the_way() -> None:
    course = Course(first="vllm")
    continued(course.after(CUT, "one"))

    continued(course.after(Rejected(400, "maximum context length is 5 tokens"), "one"))

    assert course.refused.of(course.recovery.request, said("one")) == frozenset()


def test_the_seam_is_between_who_brought_the_text_and_who_goes_on() -> None:
    course = Course(A, upstream("b", "vllm"), rungs={"exact_prefix"}, first="vllm")

    continued(course.after(CUT, "one"))
    continued(course.after(NO_KEY, "one"))

    assert course.recovery.before == Place("m at upstream", "m")
    assert course.recovery.place == Place("b", "b")
