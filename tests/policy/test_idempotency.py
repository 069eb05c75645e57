from __future__ import annotations

from itertools import count

from steadystream.errors import Disconnected, Rejected, StreamFault
from steadystream.policy.attempts import Attempt
from steadystream.policy.idempotency import Keys
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.upstream import Upstream
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


def via(name: str, dialect: str) -> Upstream:
    url = f"http://{name}/v1/chat/completions"
    return Upstream(name=name, url=url, headers={}, dialect=DIALECTS[dialect])


def test_an_upstream_whose_dialect_knows_no_key_gets_none() -> None:
    mine = keys()
    mine.headers(REQUEST, ended(CUT))

    assert mine.headers(via("a", "vllm").request(REQUEST), ended(None)) == {}


def test_another_upstream_gets_another_key_and_the_first_keeps_its_own() -> None:
    mine, other = keys(), via("a", "openai").request(REQUEST)

    sent = [mine.headers(each, ended(CUT))[HEADER] for each in (REQUEST, other, REQUEST, other)]

    assert sent == ["key-1", "key-2", "key-1", "key-2"]


def test_a_first_upstream_that_knows_no_key_may_have_others_that_do() -> None:
    mine = Keys(None, lambda: "key-1")

    assert mine.headers(REQUEST, ended(CUT)) == {}
    assert mine.headers(via("a", "openai").request(REQUEST), ended(None)) == {HEADER: "key-1"}
