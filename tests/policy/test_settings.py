from __future__ import annotations

from typing import Any

import pytest

from steadystream import Backoff, Dialect, InvalidRequest, Retries, Rung, Timeouts


@pytest.mark.parametrize("value", [-3, 0, "5", True, float("nan"), [1]])
@pytest.mark.parametrize("name", ["connect", "first_token", "idle", "total"])
def test_a_timeout_that_is_no_positive_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=rf"timeouts\.{name} must be .* got"):
        Timeouts(**{name: value})


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True])
def test_attempts_that_are_no_count_are_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"retries\.attempts must be an integer from 1"):
        Retries(attempts=value)


@pytest.mark.parametrize("name", ["base", "cap"])
def test_a_negative_backoff_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"backoff\.{name} must be zero or more seconds"):
        Backoff(**{name: -1})


def test_a_backoff_without_limit_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"backoff\.base must be zero or more .*None"):
        Backoff(base=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"backoff": 3}, r"retries\.backoff must be a Backoff, got 3"),
        ({"rungs": "prefill"}, r"retries\.rungs must be a set of cursor, exact_prefix, instruct"),
        ({"rungs": {"length"}}, r"retries\.rungs must be a set of"),
        ({"tool_calls": "half"}, r"retries\.tool_calls must be hold or stream, got 'half'"),
        ({"reasoning": "twice"}, r"retries\.reasoning must be once or again, got 'twice'"),
        ({"instruction": "Go on."}, r"retries\.instruction must be a text with \{anchor\}"),
        ({"instruction": None}, r"retries\.instruction must be a text with \{anchor\}"),
        ({"instruction": "{anchor} {other}"}, r"no word in braces but \{anchor\}, got \{other\}$"),
        ({"instruction": "{anchor} {ancor}"}, r"got \{ancor\}; did you mean 'anchor'\?"),
        ({"tool_calls": []}, r"retries\.tool_calls must be hold or stream"),
        ({"max_retry_after": -1}, r"retries\.max_retry_after must be zero or more"),
    ],
)
def test_retries_of_the_wrong_kind_are_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Retries(**setting)


def test_braces_around_anything_but_a_word_are_part_of_an_instruction() -> None:
    said = 'Go on after {anchor}, as JSON like {"a": {}} or {1, 2}, and no {.'

    assert Retries(instruction=said).instruction == said


def test_the_wait_a_server_asks_for_may_be_without_limit() -> None:
    assert Retries(max_retry_after=None).max_retry_after is None


@pytest.mark.parametrize(
    ("member", "says"),
    [
        ({"rung": "cursor"}, r"dialect\.rung must be exact_prefix, prefill or None"),
        ({"mark": 3}, r"dialect\.mark must be a mapping of members, got 3"),
        ({"switches": ["a"]}, r"dialect\.switches must be a mapping of members, got \['a'\]"),
        ({"switches": {3: "a"}}, r"dialect\.switches must be a mapping of members"),
        ({"idempotency_header": "bad header"}, r"dialect\.idempotency_header must be the name of"),
        ({"idempotency_header": ""}, r"dialect\.idempotency_header must be the name of"),
        ({"idempotency_header": 3}, r"dialect\.idempotency_header must be the name of .*got 3"),
        ({"models": "("}, r"needs a valid pattern, got '\('"),
        ({"path": ("(", "")}, r"needs a valid pattern, got '\('"),
    ],
)
def test_a_dialect_that_cannot_work_is_refused(member: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Dialect(name="house", **member)


def test_rungs_may_be_given_by_their_names_and_in_a_set_that_changes() -> None:
    names: Any = {"prefill"}
    retries = Retries(rungs=names)
    names.add("instruct")

    assert retries.rungs == frozenset({Rung.PREFILL})
    assert all(isinstance(rung, Rung) for rung in retries.rungs)
