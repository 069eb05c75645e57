from __future__ import annotations

from typing import Any

import pytest

from steadystream.errors import InvalidRequest
from steadystream.events import Rung
from steadystream.policy.fallbacks import Fallback, Surroundings, checked_fallbacks, upstreams_of
from steadystream.protocol.dialects import Dialect, packaged
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request

FIRST = Request(
    "https://one.example/v1/chat/completions",
    {"model": "m", "messages": []},
    {
        "Accept": "text/event-stream",
        "Content-Type": "application/json",
        "User-Agent": "ours",
        "Authorization": "Bearer key-of-one",
        "api-key": "other-key-of-one",
        "OpenAI-Organization": "org",
        "OpenAI-Project": "project",
        "Cookie": "session=1",
        "X-Anything": "x",
        "Host": "one.example",
        "Content-Length": "7",
        "Idempotency-Key": "abc",
    },
)
FAR: dict[str, Any] = {"base_url": "https://two.example/v1", "api_key": "key-of-two"}
FORM = {"Accept": "text/event-stream", "Content-Type": "application/json", "User-Agent": "ours"}


def made(*fallbacks: Fallback, **known: Any) -> tuple[Upstream, ...]:
    return upstreams_of(fallbacks, FIRST, Surroundings(profiles=packaged(), **known))


def test_nothing_that_opens_the_first_host_or_says_who_asks_goes_to_another() -> None:
    (two,) = made(Fallback(**FAR))

    assert two.headers == {**FORM, "Authorization": "Bearer key-of-two"}
    assert two.url == "https://two.example/v1/chat/completions"


@pytest.mark.parametrize(
    "base_url", ["http://one.example/v1", "https://one.example:8443/v1", "https://a.one.example/v1"]
)
def test_another_scheme_port_or_subdomain_is_another_host(base_url: str) -> None:
    (two,) = made(Fallback(base_url=base_url, api_key=None))

    assert two.headers == FORM


def test_what_a_fallback_says_is_sent() -> None:
    (two,) = made(Fallback(**FAR, headers={"user-agent": "theirs", "api-key": "k", "X-Y": "z"}))

    assert two.headers == {
        "Accept": "text/event-stream",
        "Content-Type": "application/json",
        "user-agent": "theirs",
        "Authorization": "Bearer key-of-two",
        "api-key": "k",
        "X-Y": "z",
    }


def test_an_authorization_of_its_own_takes_the_place_of_the_key() -> None:
    (two,) = made(Fallback(**FAR, headers={"authorization": "Basic abc"}))

    assert {k: v for k, v in two.headers.items() if k.lower() == "authorization"} == {
        "authorization": "Basic abc"
    }


def test_another_model_at_the_same_host_is_asked_as_the_first() -> None:
    (other,) = made(Fallback(model="small"))

    kept = {**FIRST.headers}
    for name in ("Host", "Content-Length", "Idempotency-Key"):
        del kept[name]
    assert other.headers == kept
    assert other.url == FIRST.url
    assert other.request(FIRST).body == {"model": "small", "messages": []}


@pytest.mark.parametrize(("key", "sent"), [("new", {"Authorization": "Bearer new"}), (None, {})])
def test_another_key_for_the_same_host_takes_the_place_of_all(
    key: str | None, sent: dict[str, str]
) -> None:
    (other,) = made(Fallback(api_key=key))

    opens = {k: v for k, v in other.headers.items() if k.lower() in {"authorization", "api-key"}}
    assert opens == sent
    assert other.headers["X-Anything"] == "x"


def test_the_dialect_is_told_from_host_and_model() -> None:
    found = made(
        Fallback(base_url="https://api.deepseek.com", api_key="k" * 9),
        Fallback(base_url="https://openrouter.ai/api/v1", api_key="k" * 9, model="claude-3-opus"),
        Fallback(**FAR, dialect="vllm"),
        Fallback(model="small"),
        dialect=Dialect(name="house", rung=Rung.PREFILL),
    )

    assert [each.dialect.name for each in found] == ["deepseek", "openrouter", "vllm", "house"]


def test_usage_is_asked_for_where_the_dialect_knows_it() -> None:
    first = FIRST.but(body={**FIRST.body, "stream_options": {"include_usage": True}})
    mistral = Fallback(base_url="https://api.mistral.ai/v1", api_key=None)
    openai = Fallback(base_url="https://api.openai.com/v1", api_key=None)
    away, back = made(mistral, openai, asks_usage=True)

    assert "stream_options" not in away.request(first).body
    assert back.request(FIRST).body["stream_options"] == {"include_usage": True}
    assert "stream_options" not in made(openai)[0].request(FIRST).body


def test_each_has_a_name_of_its_own() -> None:
    found = made(
        Fallback(model="small"),
        Fallback(api_key="other"),
        Fallback(base_url="https://one.example/v2"),
        Fallback(**FAR),
        Fallback(base_url="https://two.example/v1", api_key="third"),
    )

    assert [each.name for each in found] == [
        "small at one.example",
        "m at one.example (2)",
        "m at one.example/v2/chat/completions",
        "m at two.example",
        "m at two.example (2)",
    ]


@pytest.mark.parametrize("name", ["previous_response_id", "conversation"])
def test_what_the_first_host_keeps_is_asked_of_no_other(name: str) -> None:
    first = FIRST.but(body={**FIRST.body, name: "id-1"})
    known = Surroundings(profiles=packaged(), endpoint="/responses")

    found = upstreams_of([Fallback(**FAR), Fallback(model="small")], first, known)

    assert [each.model for each in found] == ["small"]


def test_what_is_fetched_is_fetched_from_nowhere_else() -> None:
    first = FIRST.but(method="GET")

    assert upstreams_of([Fallback(**FAR)], first, Surroundings(profiles=packaged())) == ()


def test_no_key_is_shown() -> None:
    fallback = Fallback(**FAR, headers={"X-Secret": "hidden-value"})

    shown = repr(fallback) + repr(made(fallback))
    assert "key-of" not in shown
    assert "hidden-value" not in shown


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "a fallback must name another base_url, model, api_key or header, got none"),
        ({"base_url": "two.example"}, "fallback.base_url must be like https://host/v1, got 'two"),
        ({"base_url": "https://h/v1?a=b"}, "fallback.base_url must have no query"),
        ({"base_url": "https://u:p@h/v1"}, "fallback.base_url must have no user and no password"),
        ({"model": ""}, "fallback.model must be the name of a model, or None, got ''"),
        ({"model": 7}, "fallback.model must be the name of a model, or None, got 7"),
        ({"api_key": " "}, "fallback.api_key must be a text that is not empty, or None"),
        ({"api_key": "a\n"}, "fallback.api_key must be printable ASCII"),
        ({"headers": {"a": "b\n"}}, "fallback.headers must be texts on one line"),
        ({"headers": [("a", "b")]}, "fallback.headers must be a mapping of names to values"),
    ],
)
def test_a_fallback_that_cannot_work_is_refused(members: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        Fallback(**members)


@pytest.mark.parametrize("first", [FIRST.url, None])
def test_a_key_has_to_be_given_for_another_host(first: str | None) -> None:
    fallback = Fallback(base_url="https://two.example/v1")

    with pytest.raises(
        InvalidRequest, match=r"api_key must be given for https://two\.example/v1: a key, or None"
    ):
        checked_fallbacks([fallback], packaged(), first)


def test_for_the_same_host_it_need_not() -> None:
    fallback = Fallback(base_url="https://one.example/v2")

    assert checked_fallbacks([fallback], packaged(), FIRST.url) == (fallback,)


@pytest.mark.parametrize("given", [Fallback(model="m"), "m", ["m"], None, 7])
def test_fallbacks_are_a_list_of_fallbacks(given: Any) -> None:
    with pytest.raises(InvalidRequest, match="fallbacks must be a list of Fallback, got"):
        checked_fallbacks(given, packaged(), None)


def test_a_dialect_that_nobody_knows_is_refused_before_it_is_needed() -> None:
    with pytest.raises(InvalidRequest, match="got 'vlm'; did you mean 'vllm'"):
        checked_fallbacks([Fallback(model="m", dialect="vlm")], packaged(), None)
