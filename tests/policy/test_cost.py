from __future__ import annotations

from steadystream.errors import Disconnected, GaveUp, Rejected, StreamFault
from steadystream.events import Rung, Seam, Verdict
from steadystream.policy.attempts import Attempt, Overtaken
from steadystream.policy.cost import Cost, Spent, cost_of
from steadystream.policy.explain import explain
from steadystream.protocol.usage import Part, Usage

CUT = Disconnected(0, "reset")
WHOLE = Usage(9, 20, False, (Part(1, 9, 20, "reported"),))
SECOND = Usage(9, 20, False, (Part(2, 9, 20, "reported"),))


def attempt(
    number: int = 1,
    error: BaseException | None = None,
    *,
    opened: bool = True,
    token: bool = True,
    **more: object,
) -> Attempt:
    tried = Attempt(number, "m at h", float(number), sent_at=float(number))
    tried.opened_at = number + 0.1 if opened else None
    tried.first_token_at = number + 0.2 if opened and token else None
    tried.received = 23 if token else 0
    for name, value in more.items():
        setattr(tried, name, value)
    tried.end(number + 0.5, error)
    return tried


def cost(*attempts: Attempt, usage: Usage = WHOLE, seams: tuple[Seam, ...] = ()) -> Cost:
    return cost_of(attempts, usage, seams, 7)


def test_one_whole_attempt_is_delivered_as_reported() -> None:
    assert cost(attempt()) == Cost(Spent(9, 20), Spent(), Spent(), estimated=False)


def test_an_attempt_that_was_accepted_and_brought_nothing_is_discarded() -> None:
    told = cost(attempt(1, CUT, token=False), attempt(2), usage=SECOND)

    assert (told.delivered, told.discarded) == (Spent(9, 20), Spent(9, 0))
    assert told.estimated


def test_a_request_that_nobody_knows_of_is_possibly_billed() -> None:
    told = cost(attempt(1, CUT, opened=False), attempt(2), usage=SECOND)

    assert told.possibly_billed == Spent(9, 0)
    assert told.total == Spent(18, 20)


def test_a_request_that_was_refused_costs_nothing() -> None:
    busy = Rejected(503, "busy", transient=True)

    told = cost(attempt(1, busy, opened=False), attempt(2), usage=SECOND)

    assert told == Cost(Spent(9, 20), Spent(), Spent(), estimated=False)


def test_what_was_overtaken_is_discarded() -> None:
    told = cost(attempt(1, Overtaken(), token=False), attempt(1, hedge=True))

    assert (told.delivered, told.discarded) == (Spent(9, 20), Spent(9, 0))


def test_what_is_generated_once_more_is_discarded() -> None:
    usage = Usage(9, 20, True, (Part(1, 9, 12, "estimated"), Part(2, 9, 8, "reported")))
    seam = Seam(40, Rung.REGENERATE, True, 2, CUT)

    told = cost(attempt(1, CUT), attempt(2), usage=usage, seams=(seam,))

    assert told.delivered == Spent(18, 20)
    assert told.discarded == Spent(0, 12)


def test_a_prompt_that_no_server_reported_is_estimated() -> None:
    told = cost(attempt(), usage=Usage(None, 5, True, (Part(1, None, 5, "estimated"),)))

    assert told.delivered == Spent(7, 5)
    assert told.estimated


def test_it_is_told_in_words_attempt_by_attempt() -> None:
    fault: StreamFault = Disconnected(12, "reset")
    seam = Seam(40, Rung.EXACT_PREFIX, False, 2, fault)
    attempts = [attempt(1, fault), attempt(2)]

    told = explain(attempts, [seam], Verdict.COMPLETE, cost(*attempts, seams=(seam,)))

    assert told.splitlines() == [
        (
            "Attempt 1, m at h; first token after 0.20 s; failed after 0.50 s: "
            "the connection ended after 12 events: reset."
        ),
        (
            "Attempt 2, m at h; 0.50 s later; went on exactly at character 40; "
            "first token after 0.20 s; ended well after 0.50 s, 23 events."
        ),
        "The answer is complete; 2 attempts.",
        "Tokens: delivered 9 + 20, discarded 9 + 20 (estimated).",
    ]


def test_a_request_of_unknown_fate_and_the_reason_for_giving_up_are_told() -> None:
    fault = Disconnected(0, "reset")
    attempts = [attempt(1, fault, opened=False)]
    fault.give_up(GaveUp.BUDGET_SPENT)

    told = explain(attempts, [], Verdict.TRUNCATED, cost(*attempts))

    assert "reset; nobody knows whether it was taken." in told
    assert "The answer is truncated, gave up: budget spent; 1 attempt." in told
    assert "possibly billed 9 + 0 (estimated)" in told


def test_a_hedge_that_lost_is_told() -> None:
    attempts = [attempt(), attempt(1, Overtaken(), token=False, hedge=True)]

    told = explain(attempts, [], Verdict.COMPLETE, cost(*attempts))

    assert "Attempt 1, hedge, m at h; overtaken by another after 0.50 s." in told
