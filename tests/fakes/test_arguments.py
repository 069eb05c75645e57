"""What makes no sense is refused where it is written, with what was expected and what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import (
    Answer,
    BrokenJSON,
    CommentFlood,
    Cut,
    Drip,
    DuplicateChunk,
    ErrorEvent,
    FakeOpenAI,
    FakeOpenAIThread,
    Latency,
    LongLine,
    NoHeaders,
    Reply,
    Stall,
    Status,
    ToolCall,
)
from support.openai_client import ask, chat

# Everything here is wrong on purpose, so types are left out of it.
new: Any = {kind.__name__: kind for kind in (Answer, Cut, Latency, Reply, Status, ToolCall)}
fake_of: Any = FakeOpenAI


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("cut", "expected a fault such as Cut(after=2), or a tuple of faults, got 'cut'"),
        (("x",), "expected a fault such as Cut(after=2), got 'x'"),
        ((), "expected at least one fault in the tuple, got ()"),
        (Cut, "expected a fault such as Cut(after=2), or a tuple of faults, got the class Cut"),
        ((Cut,), "expected a fault such as Cut(after=2), got the class Cut"),
        (None, "expected a fault such as Cut(after=2), or a tuple of faults, got None"),
        (503, "expected a fault such as Cut(after=2), or a tuple of faults, got 503"),
    ],
)
def test_what_is_no_fault_does_not_pass_for_one(row: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        FakeOpenAI().fail(row)

    assert str(refused.value).startswith(f"fail(): {message}")


@pytest.mark.parametrize("faults", ["cut", ("x",), Cut, (Cut,), None, 503])
def test_a_reply_takes_nothing_but_faults(faults: Any) -> None:
    with pytest.raises(TypeError, match="faults of Reply: expected a fault such as"):
        Reply("x", faults)


def test_a_second_fault_of_a_reply_is_not_taken_for_its_latency() -> None:
    with pytest.raises(TypeError, match=r"latency of Reply must be a Latency or None, got Cut\("):
        new["Reply"]("x", Cut(after=1), Cut(after=2))


def test_a_list_of_faults_may_change_after_the_reply_was_made() -> None:
    faults = [Cut(after=1)]
    reply = Reply("x", faults)
    faults.clear()

    assert reply.faults == (Cut(after=1),)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: new["Cut"](after=1.5), "after of Cut must be a whole number, got 1.5"),
        (lambda: new["Cut"](after=True), "after of Cut must be a whole number, got True"),
        (lambda: new["Cut"](at_byte="3"), "at_byte of Cut must be a whole number, got '3'"),
        (lambda: BrokenJSON(after=1.5), "after of BrokenJSON must be a whole number"),  # type: ignore[arg-type]
        (lambda: DuplicateChunk(after=1.5), "after of DuplicateChunk must be a whole number"),  # type: ignore[arg-type]
        (lambda: CommentFlood("3"), "n of CommentFlood must be a whole number, got '3'"),  # type: ignore[arg-type]
        (lambda: LongLine(1e6), "bytes of LongLine must be a whole number, got 1000000.0"),  # type: ignore[arg-type]
        (lambda: Drip(after=1, bytes=0.5), "bytes of Drip must be a whole number, got 0.5"),  # type: ignore[arg-type]
        (lambda: Drip(after=1, every="1"), "every of Drip must be a number, got '1'"),  # type: ignore[arg-type]
        (lambda: NoHeaders(seconds=None), "seconds of NoHeaders must be a number, got None"),  # type: ignore[arg-type]
        (lambda: Stall(after=1, every="1"), "every of Stall must be a number, got '1'"),  # type: ignore[arg-type]
        (lambda: ErrorEvent(after=1, message=3), "message of ErrorEvent must be text, got 3"),  # type: ignore[arg-type]
        (lambda: new["Status"]("429"), "status of Status must be a whole number, got '429'"),
        (lambda: Status(429, retry_after=True), "retry_after of Status must be a number, got True"),
        (lambda: Status(500, body=3), "body of Status must be text, bytes or a mapping, got 3"),  # type: ignore[arg-type]
        (lambda: Status(500, headers="x"), "headers of Status must be a mapping, got 'x'"),  # type: ignore[arg-type]
        (lambda: Status(500, headers={"x": 1}), "headers of Status must be text, got 1"),  # type: ignore[dict-item]
        (lambda: new["Latency"]("1"), "first_token must be a number of seconds or a distribution"),
        (lambda: Latency(jitter="1"), "jitter must be a number, got '1'"),  # type: ignore[arg-type]
        (lambda: new["Answer"](3), "text of Answer must be text, got 3"),
        (lambda: new["Answer"](None), "text of Answer must be text, got None"),
        (lambda: new["Answer"](tool_calls=ToolCall("f")), "tool_calls of Answer must be a list"),
        (lambda: new["ToolCall"](None), "name of ToolCall must be text, got None"),
        (lambda: new["ToolCall"]("f", 5), "arguments of ToolCall must be text or a mapping, got 5"),
        (lambda: new["Reply"](3), "answer of Reply must be an Answer, text or None, got 3"),
        (lambda: Reply("x", writes="bytes"), r"writes of Reply must be a Writes or None"),  # type: ignore[arg-type]
        (lambda: fake_of().reply(3), r"reply\(\): expected text or an Answer, got 3"),
        (lambda: fake_of().reply(None), r"reply\(\): expected text or an Answer, got None"),
        (lambda: fake_of().reply("x", model=3), "model must be text or None, got 3"),
        (lambda: fake_of().reply("x", times=1.5), "times must be a whole number or None, got 1.5"),
        (lambda: fake_of().fail(Cut(after=1), contains=3), "contains must be text or None, got 3"),
        (lambda: fake_of(3), "dialect must be one of openai, .* got 3"),
        (lambda: fake_of(latency=3), "latency must be a Latency, got 3"),
        (lambda: fake_of().answer_to("hi"), "body must be a mapping, got 'hi'"),
        (lambda: fake_of(writes="bytes"), r"got 'bytes': write Writes\(mode=...\)"),
        (lambda: fake_of(created="x"), "created must be a whole number or None, got 'x'"),
        (lambda: fake_of(seed="x"), "seed must be a whole number, got 'x'"),
        (lambda: fake_of(port="80"), "port must be a whole number, got '80'"),
        (lambda: fake_of(host=3), "host must be text, got 3"),
        (lambda: fake_of(journal_size=1.5), "journal_size must be a whole number, got 1.5"),
        (lambda: setattr(fake_of(), "latency", 3), "latency must be a Latency, got 3"),
        (lambda: setattr(fake_of(), "writes", "bytes"), "writes must be a Writes, got 'bytes'"),
        (lambda: setattr(fake_of(), "plan", 3), "plan must be a function or None, got 3"),
    ],
)
def test_a_wrong_kind_of_value_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Latency(float("nan")), "first_token must be 0 s or more, got nan"),
        (lambda: Status(429, retry_after=-1), "retry_after of Status must be 0 or more, got -1"),
        (lambda: Status(429, retry_after=float("inf")), "retry_after of Status must be finite"),
        (lambda: Status(429, retry_after_ms=-1), "retry_after_ms of Status must be 0 or more"),
        (lambda: Status(500, headers={"x": "a\r\nb: c"}), "headers of Status .* no line break"),
        (lambda: Status(500, headers={"x\n": "a"}), "headers of Status .* no line break"),
        (lambda: Status(500, retry_after="1\n2"), "retry_after of Status .* no line break"),
        (lambda: FakeOpenAI(port=70000), "port must be 0 to 65535, got 70000"),
        (lambda: FakeOpenAI(port=-1), "port must be 0 to 65535, got -1"),
        (lambda: FakeOpenAI(journal_size=-1), "journal_size must be 0 or more, got -1"),
        (lambda: FakeOpenAI(api_keys=[]), "api_keys must have at least one key, got none"),
        (lambda: FakeOpenAI().sequence(), r"sequence\(\) needs at least one answer"),
    ],
)
def test_a_value_out_of_range_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("keys", ["sk-secret", b"sk-secret", ["sk-secret", 3], 7])
def test_keys_that_are_no_list_are_refused_and_not_shown(keys: Any) -> None:
    with pytest.raises(TypeError, match="api_keys must be a list of texts, got") as refused:
        FakeOpenAI(api_keys=keys)

    assert "secret" not in str(refused.value)


async def test_keys_may_come_from_a_generator() -> None:
    keys: Any = (key for key in ["sk-test"])

    async with FakeOpenAI(api_keys=keys) as fake:
        assert (await ask(fake, chat())).status == 200


@pytest.mark.parametrize("kind", [FakeOpenAI, FakeOpenAIThread])
def test_both_servers_refuse_when_they_are_made(kind: Any) -> None:
    with pytest.raises(ValueError, match="port must be 0 to 65535, got 70000"):
        kind(port=70000)


async def late(_: object) -> Reply:
    return Reply("x")


def hidden(received: object) -> object:
    return late(received)


def test_an_async_function_is_no_plan() -> None:
    with pytest.raises(TypeError, match="plan must be a plain function, got the async late"):
        fake_of().plan = late


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda _: None, "the plan must return a Reply, got None"),
        (lambda _: "text", "the plan must return a Reply, got 'text'"),
        (hidden, "the plan must return a Reply, got a coroutine"),
        (lambda _: Reply("x", "cut"), "faults of Reply: expected a fault"),  # type: ignore[arg-type]
    ],
)
async def test_a_plan_that_returns_no_reply_fails_the_test(plan: Any, message: str) -> None:
    fake = await FakeOpenAI().start()
    fake.plan = plan
    raw = await ask(fake, chat())

    with pytest.raises(TypeError, match=message):
        await fake.__aexit__(None, None, None)
    assert (raw.status, message in raw.body.decode().replace("\\", "")) == (500, True)


def test_the_true_answer_needs_a_plan_that_returns_a_reply() -> None:
    fake = fake_of()
    fake.plan = lambda _: None

    with pytest.raises(TypeError, match="the plan must return a Reply, got None"):
        fake.answer_to(chat())


async def test_nothing_that_was_refused_is_in_force() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(TypeError):
            fake.fail(Cut(after=1), "cut")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            fake.reply("x", 3)  # type: ignore[arg-type]

        assert (await ask(fake, chat())).text == fake.answer_to(chat()).text != "x"


def handles() -> list[Any]:
    return [FakeOpenAI(), FakeOpenAIThread(), FakeOpenAI().scope("mine")]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latencey", "there is no setting of KIND 'latencey': did you mean 'latency'?"),
        ("Dialect", "there is no setting of KIND 'Dialect': did you mean 'dialect'?"),
        ("zzz", "there is no setting of KIND 'zzz': expected one of dialect, latency, "),
        ("reply", "reply of KIND is a method: call it, reply(...)"),
        ("port", "port of KIND cannot be set, only dialect, latency, "),
    ],
)
def test_an_attribute_that_is_no_setting_cannot_be_set(which: int, name: str, message: str) -> None:
    fake = handles()[which]

    with pytest.raises(AttributeError) as refused:
        setattr(fake, name, 3)

    assert str(refused.value).startswith(message.replace("KIND", type(fake).__name__))


def test_a_class_made_from_the_fake_may_have_attributes_of_its_own() -> None:
    class Mine(FakeOpenAI):
        def __init__(self) -> None:
            super().__init__()
            self.notes: list[str] = []

    assert Mine().notes == []
