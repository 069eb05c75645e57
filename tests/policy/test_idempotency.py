from __future__ import annotations

from itertools import count

from steadystream.errors import Disconnected, Rejected, StreamFault
from steadystream.policy.attempts import Attempt
from steadystream.policy.idempotency import Keys
from support.scripted import REQUEST

HEADER = "Idempotency-Key"
CUT = Disconnected(0, "reset")


def keys() -> Keys:
    numbers = count(1)
    return Keys(HEADER, lambda: f"key-{next(numbers)}")


def ended(fault: StreamFault | None) -> Attempt:
    attempt = Attempt(1, "m at h", 0.0, sent_at=0.0)
    attempt.end(1.0, fault)
    return attempt


def test_a_request_whose_fate_is_unknown_is_sent_again_under_its_key() -> None:
    mine = keys()

    first = mine.headers(REQUEST, ended(CUT))
    again = mine.headers(REQUEST.but(attempt=2), ended(None))

    assert first[HEADER] == again[HEADER] == "key-1"


def test_a_request_that_was_refused_is_another_when_it_comes_again() -> None:
    mine = keys()
    mine.headers(REQUEST, ended(Rejected(503, "busy")))

    assert mine.headers(REQUEST.but(attempt=2), ended(None))[HEADER] == "key-2"


def test_a_request_for_the_rest_is_another() -> None:
    mine = keys()
    mine.headers(REQUEST, ended(CUT))

    rest = REQUEST.but(body=dict(REQUEST.body), attempt=2)

    assert mine.headers(rest, ended(None))[HEADER] == "key-2"


def test_a_hedge_has_a_key_of_its_own_and_leaves_the_other_its_key() -> None:
    mine = keys()
    mine.headers(REQUEST, ended(CUT))

    hedge = mine.headers(REQUEST.but(hedge=True), ended(None))
    again = mine.headers(REQUEST.but(attempt=2), ended(None))

    assert (hedge[HEADER], again[HEADER]) == ("key-2", "key-1")


def test_a_key_that_the_caller_set_stays() -> None:
    request = REQUEST.but(headers={"idempotency-key": "mine"})

    assert keys().headers(request, ended(None)) == {"idempotency-key": "mine"}
