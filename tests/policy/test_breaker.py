from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    InvalidRequest,
    Malformed,
    NoFirstToken,
    Rejected,
    SpliceMismatch,
    Stalled,
    StreamFault,
    Truncated,
    UpstreamError,
)
from steadystream.policy.breaker import Breaker, BreakerState, Circuit, is_failure

CUT = Disconnected(0, "cut")
QUICK = Breaker(minimum=4, share=0.75, window=10, pause=5, longest_pause=15)
OPEN, HALF_OPEN, CLOSED = BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED


def ticket_of(circuit: Circuit, now: float) -> int:
    ticket = circuit.admit(now)
    assert ticket is not None
    return ticket


def fail(circuit: Circuit, now: float, times: int = 1) -> None:
    tickets = [ticket_of(circuit, now) for _ in range(times)]
    for ticket in tickets:
        circuit.ended(ticket, now, CUT)


def opened(now: float = 0) -> Circuit:
    circuit = Circuit(QUICK)
    fail(circuit, now, 4)
    return circuit


def test_it_opens_when_nearly_all_attempts_fail() -> None:
    circuit = opened()

    assert circuit.state(0) is OPEN
    assert circuit.admit(1) is None
    assert circuit.retry_after(1) == 4


def test_it_stays_closed_while_little_was_counted() -> None:
    circuit = Circuit(QUICK)
    fail(circuit, 0, 3)

    assert circuit.state(0) is CLOSED


def test_cuts_in_the_middle_do_not_open_it_by_themselves() -> None:
    circuit = Circuit(QUICK)
    for now in range(100):
        ticket = ticket_of(circuit, now)
        circuit.began(ticket, now, 0.1)
        circuit.ended(ticket, now, CUT)

    assert circuit.state(100) is CLOSED


def test_failures_that_are_long_ago_do_not_count() -> None:
    circuit = Circuit(QUICK)
    fail(circuit, 0, 3)
    fail(circuit, 20, 1)

    assert circuit.state(20) is CLOSED


def test_after_the_pause_one_probe_is_let_through() -> None:
    circuit = opened()

    assert circuit.state(5) is HALF_OPEN
    assert circuit.admit(5) is not None
    assert circuit.admit(5) is None
    assert circuit.retry_after(5) == 5


def test_a_probe_that_brings_a_token_closes_it() -> None:
    circuit = opened()
    circuit.began(ticket_of(circuit, 5), 6, 1)

    assert circuit.state(6) is CLOSED
    assert circuit.failures(6) == (0, 0)


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_a_limit() -> None:
    circuit, now, pauses = opened(), 0.0, []
    for _ in range(3):
        now += circuit.retry_after(now)
        fail(circuit, now)
        pauses.append(circuit.retry_after(now))

    assert pauses == [10, 15, 15]


def test_once_closed_it_pauses_as_briefly_as_at_first() -> None:
    circuit = opened()
    fail(circuit, 5)
    circuit.ended(ticket_of(circuit, 15), 16, None)
    fail(circuit, 17, 4)

    assert circuit.retry_after(17) == 5


def test_a_probe_that_was_left_makes_room_for_another() -> None:
    circuit = opened()
    circuit.left(ticket_of(circuit, 5))

    assert circuit.admit(6) is not None


def test_a_probe_that_is_refused_for_what_it_asks_shows_that_somebody_is_there() -> None:
    circuit = opened()
    circuit.ended(ticket_of(circuit, 5), 5, Rejected(400, "no"))

    assert circuit.state(5) is CLOSED


def test_what_began_before_it_opened_says_nothing_of_afterwards() -> None:
    circuit = Circuit(QUICK)
    early = ticket_of(circuit, 0)
    fail(circuit, 0, 4)
    ticket_of(circuit, 5)
    circuit.began(early, 6, 6)

    assert circuit.state(6) is HALF_OPEN


def test_a_slow_first_token_is_a_failure() -> None:
    circuit = Circuit(Breaker(minimum=2, share=1, slow_first_token=3))
    for seconds in (3.5, 4):
        circuit.began(ticket_of(circuit, 0), 4, seconds)

    assert circuit.state(4) is OPEN


def test_each_change_is_told() -> None:
    told: list[BreakerState] = []
    circuit = Circuit(QUICK, told.append)
    fail(circuit, 0, 4)
    circuit.ended(ticket_of(circuit, 5), 5, None)

    assert told == [OPEN, HALF_OPEN, CLOSED]


@pytest.mark.parametrize(
    ("fault", "counts"),
    [
        (ConnectFailed("host", "refused"), True),
        (Disconnected(3, "reset"), True),
        (Truncated(3), True),
        (Stalled(60, 3), True),
        (NoFirstToken(300), True),
        (UpstreamError("overloaded", "server_error"), True),
        (Malformed("JSON", "<html>"), True),
        (Rejected(500, "oops", transient=True), True),
        (Rejected(503, "busy", transient=True), True),
        (Rejected(501, "never"), True),
        (Rejected(429, "slow down", transient=True), False),
        (Rejected(400, "bad"), False),
        (Rejected(401, "who"), False),
        (UpstreamError("bad", "invalid_request_error"), False),
        (SpliceMismatch("goes on", "no"), False),
        (DeadlineExceeded(5), False),
    ],
    ids=lambda value: value.__class__.__name__ if isinstance(value, StreamFault) else str(value),
)
def test_only_what_speaks_against_the_upstream_counts(fault: StreamFault, counts: bool) -> None:
    assert is_failure(fault) is counts


Act = tuple[str, float]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["admit", "began", "whole", "cut", "refused", "left"]), st.floats(0, 4)
    ),
    max_size=200,
)


@given(ACTS, st.integers(1, 3))
def test_no_more_than_the_probes_are_under_way_behind_an_open_breaker(
    acts: list[Act], probes: int
) -> None:
    circuit = Circuit(Breaker(minimum=2, share=0.5, window=10, pause=5, probes=probes))
    now, held = 0.0, list[int]()
    for act, pause in acts:
        now += pause
        if act == "admit":
            state = circuit.state(now)
            ticket = circuit.admit(now)
            assert (ticket is None) <= (state is not CLOSED)
            assert (ticket is not None) <= (state is not OPEN)
            if ticket is not None:
                held.append(ticket)
        elif held:
            ticket = held.pop(0)
            if act == "began":
                circuit.began(ticket, now, 1)
            elif act == "left":
                circuit.left(ticket)
            else:
                circuit.ended(
                    ticket, now, {"whole": None, "cut": CUT, "refused": Rejected(400, "")}[act]
                )
        if circuit.state(now) is HALF_OPEN and circuit._state is HALF_OPEN:
            assert sum(ticket == circuit._ticket for ticket in held) <= probes
            assert circuit._probing >= 0


@given(ACTS)
def test_it_never_stays_open_past_its_longest_pause(acts: list[Act]) -> None:
    circuit = Circuit(QUICK)
    now = 0.0
    for act, pause in acts:
        now += pause
        if (ticket := circuit.admit(now)) is not None:
            circuit.ended(ticket, now, None if act == "whole" else CUT)

    assert circuit.state(now + 15) is not OPEN


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"share": 0}, r"breaker\.share must be a number from 0\.01 to 1, got 0"),
        ({"share": 1.5}, r"breaker\.share must be a number"),
        ({"minimum": 0}, r"breaker\.minimum must be an integer from 1, got 0"),
        ({"probes": 1.5}, r"breaker\.probes must be an integer from 1"),
        ({"window": None}, r"breaker\.window must be a positive number of seconds"),
        ({"pause": 0}, r"breaker\.pause must be a positive number of seconds"),
        ({"pause": 9, "longest_pause": 8}, r"breaker\.longest_pause must be a number from 9"),
        ({"slow_first_token": -1}, r"breaker\.slow_first_token must be a positive number"),
    ],
)
def test_a_breaker_that_cannot_work_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Breaker(**setting)
