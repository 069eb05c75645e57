"""What came, compared with what was promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from fake_openai import Received
from support.outcomes.hearing import Choice, Heard, data_of, hear
from support.outcomes.playing import Result
from support.outcomes.promises import Promise


def differences(
    promise: Promise, result: Result, truth: Heard, asked: list[Received]
) -> Iterator[str]:
    """Yield in what a result differs from its promise.

    Args:
        promise: what was promised.
        result: what came.
        truth: what the answer is when nothing goes wrong.
        asked: what the server was asked.
    """
    requests = [each for each in asked if not each.path.endswith("/cancel")]
    if len(requests) != promise.requests:
        yield f"{len(requests)} requests"
    sent = b"".join(each.data for each in asked[0].sent)
    match promise.outcome:
        case "passed on":
            yield from _passed_on(result, asked[0].status, sent)
        case "fault":
            yield from _broken(promise, result, truth)
        case "told":
            yield from _told(promise, result, sent)
        case "as sent":
            yield from chain(_whole(promise, result, hear(sent)), _harm(truth, hear(sent)))
        case "ended":
            yield from chain(_whole(promise, result, hear(sent)), _end(promise, result, truth))
        case _:
            yield from chain(_whole(promise, result, truth), _seams(promise, result))


def _passed_on(result: Result, status: int, sent: bytes) -> Iterator[str]:
    if result.error is not None:
        yield repr(result.error)
    if (result.status, result.body) != (status, sent):
        yield f"{result.status} {result.body!r}, not {status} {sent!r}"
    if result.kept is not None and result.kept.started:
        yield f"a transcript of {result.kept.text!r}"


def _broken(promise: Promise, result: Result, truth: Heard) -> Iterator[str]:
    fault = result.fault
    if fault is None:
        yield f"no fault, but {result.error!r} and {result.heard.choices}"
        return
    if (type(fault).__name__, fault.gave_up) != (promise.fault, promise.why):
        yield f"{fault!r}, {fault.gave_up}"
    if not _unfinished(result).is_beginning_of(truth):
        yield f"{result.heard.choices}, no beginning of {truth.choices}"
    if result.kept is None:
        yield "no partial"
    yield from _transcript(result)


def _told(promise: Promise, result: Result, sent: bytes) -> Iterator[str]:
    if result.error is not None:
        yield repr(result.error)
    if result.verdict != promise.verdict:
        yield f"verdict {result.verdict}"
    last = data_of(result.body)[-1]
    if '"error"' not in last or last not in data_of(sent):
        yield f"{last!r} at the end, no error as it was sent"
    yield from _transcript(result)


def _whole(promise: Promise, result: Result, truth: Heard) -> Iterator[str]:
    """Compare an answer that ended as answers do."""
    if result.error is not None:
        yield f"{result.error!r}, {result.fault and result.fault.gave_up}"
    if result.heard.choices != truth.choices:
        yield f"{result.heard.choices}, not {truth.choices}"
    if result.verdict != promise.verdict:
        yield f"verdict {result.verdict}"
    if truth.tokens is not None and result.tokens != truth.tokens:
        yield f"{result.tokens} tokens, not {truth.usage}"
    yield from _transcript(result)


def _transcript(result: Result) -> Iterator[str]:
    """Compare what is kept with what was delivered."""
    kept = result.kept
    if kept is None:
        return
    heard = result.heard
    nothing = ("", "", [])
    parts = dict.fromkeys(heard.choices, nothing)
    # A response is a choice and has none.
    for each in kept.choices if hasattr(kept, "choices") else [kept]:
        calls = [(call.name, call.arguments) for call in each.tool_calls]
        parts[getattr(each, "index", 0)] = each.text, each.reasoning, calls
    for index, part in parts.items():
        choice = heard.choices.get(index, Choice())
        # The end of a response tells its text once more; that is the one that is kept.
        text = choice.text if heard.final is None else heard.final
        if part != (text, choice.reasoning, choice.calls):
            yield f"a transcript of {part}, not of {choice}"


def _harm(truth: Heard, sent: Heard) -> Iterator[str]:
    if (sent.choices, sent.tokens) == (truth.choices, truth.tokens):
        yield "no harm at all: the promise is too small"


def _end(promise: Promise, result: Result, truth: Heard) -> Iterator[str]:
    """Compare an answer that the server ended for another reason, perhaps inside a call."""
    heard = result.heard
    if promise.finish not in {choice.finish for choice in heard.choices.values()}:
        yield f"finish reasons of {heard.choices}, none {promise.finish}"
    rest = _unfinished(result)
    for choice in rest.choices.values():
        choice.calls = choice.calls[:-1]
    if not rest.is_beginning_of(truth):
        yield f"{heard.choices}, no beginning of {truth.choices}"


def _unfinished(result: Result) -> Heard:
    """Return what was heard without its finish reasons, which the server may have made up."""
    choices = result.heard.choices.items()
    return Heard({index: replace(choice, finish=None) for index, choice in choices})


def _seams(promise: Promise, result: Result) -> Iterator[str]:
    seams = [(str(seam.rung), seam.verified) for seam in result.seams]
    expected = [(promise.rung, promise.verified)] if promise.rung else []
    if seams != expected:
        yield f"seams {seams}"
    heard = result.heard
    if promise.outcome == "unharmed":
        return
    if len(heard.ids) > 1:
        yield f"several ids: {heard.ids}"
    if heard.numbers != [*range(len(heard.numbers))]:
        yield f"events {heard.numbers}"
    if heard.final is not None and heard.final != heard.choices[0].text:
        yield f"{heard.final!r} at the end, not {heard.choices[0].text!r}"
