from __future__ import annotations

import asyncio

import pytest

from steadystream.errors import (
    BreakerOpen,
    ConnectFailed,
    Disconnected,
    NoFirstToken,
    RateLimited,
    Rejected,
    StreamFault,
)
from steadystream.policy.attempts import Attempt, Fate, Overtaken


def attempt(*, sent: bool = True, opened: bool = False) -> Attempt:
    return Attempt(
        1, "m at h", 1.0, sent_at=2.0 if sent else None, opened_at=3.0 if opened else None
    )


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        (ConnectFailed("h", "refused"), Fate.UNSENT),
        (Disconnected(0, "reset"), Fate.UNKNOWN),
        (NoFirstToken(5), Fate.UNKNOWN),
        (Rejected(429, "slow down"), Fate.REFUSED),
        (Rejected(500, "oops"), Fate.REFUSED),
        (Rejected(502, "bad gateway"), Fate.UNKNOWN),
        (Rejected(504, "gateway timeout"), Fate.UNKNOWN),
    ],
    ids=str,
)
def test_the_fate_of_a_request_that_was_sent(fault: StreamFault, fate: Fate) -> None:
    tried = attempt()
    tried.end(4.0, fault)

    assert tried.fate is fate


@pytest.mark.parametrize("fault", [BreakerOpen("m at h", 5), RateLimited("m at h", 90, 60)])
def test_what_was_refused_on_our_side_is_unsent(fault: StreamFault) -> None:
    tried = attempt(sent=False)
    tried.end(4.0, fault)

    assert tried.fate is Fate.UNSENT


def test_what_the_server_began_to_answer_is_accepted_whatever_follows() -> None:
    tried = attempt(opened=True)
    tried.end(4.0, Disconnected(3, "reset"))

    assert tried.fate is Fate.ACCEPTED


@pytest.mark.parametrize(
    ("error", "left", "overtaken"),
    [
        (None, False, False),
        (asyncio.CancelledError(), True, False),
        (Overtaken(), True, True),
        (Disconnected(0, "cut"), False, False),
    ],
)
def test_it_says_who_ended_it(error: BaseException | None, left: bool, overtaken: bool) -> None:
    tried = attempt(opened=True)
    tried.end(4.0, error)

    assert (tried.left, tried.overtaken) == (left, overtaken)
    assert tried.seconds == 3.0


@pytest.mark.parametrize(("received", "tokens"), [(0, 1), (2, 1), (13, 10)])
def test_its_tokens_are_its_events_but_for_the_frame(received: int, tokens: int) -> None:
    began = attempt(opened=True)
    began.first_token_at, began.received = 4.0, received

    assert began.tokens == tokens


def test_what_brought_no_token_has_none() -> None:
    silent = attempt(opened=True)
    silent.received = 5

    assert silent.tokens == 0
