from __future__ import annotations

from steadystream.policy.aliases import Aliases
from steadystream.protocol.responses.transcript import ResponseTranscript


def known(**ids: str) -> Aliases:
    aliases = Aliases()
    aliases.note(ResponseTranscript(upstream_ids=ids))
    return aliases


def test_ids_of_the_first_attempt_are_sent_as_those_that_the_server_knows() -> None:
    body = {
        "previous_response_id": "resp_a",
        "input": [{"id": "msg_a"}, {"call_id": "call_a", "output": "call_a"}, "x", {"id": 7}],
    }

    named = known(resp_a="resp_b", msg_a="msg_b", call_a="call_b").applied(body)

    assert named == {
        "previous_response_id": "resp_b",
        "input": [{"id": "msg_b"}, {"call_id": "call_b", "output": "call_a"}, "x", {"id": 7}],
    }


def test_a_request_that_names_none_of_them_stays_as_it_is() -> None:
    aliases = known(resp_a="resp_b")

    assert aliases.applied({"input": "resp_a"}) is None
    assert aliases.applied({"input": [{"id": "msg"}], "previous_response_id": "resp_c"}) is None
    assert not known()


def test_the_oldest_are_forgotten() -> None:
    aliases = known(first="1")
    for number in range(10_000):
        aliases.note(ResponseTranscript(upstream_ids={f"id{number}": "x"}))

    assert aliases.applied({"previous_response_id": "first"}) is None
    assert aliases.applied({"previous_response_id": "id9999"}) == {"previous_response_id": "x"}
