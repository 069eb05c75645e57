from __future__ import annotations

import pytest

from steadystream.errors import (
    BreakerOpen,
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    EventTooLarge,
    NotAnEventStream,
    RateLimited,
    Rejected,
    StreamFault,
    UpstreamError,
)
from steadystream.policy.standing import is_about_upstream, is_away, was_unsent


def rejected(status: int, message: str = "no", **error: object) -> Rejected:
    return Rejected(status, message, error={"error": {"message": message, **error}})


@pytest.mark.parametrize(
    "fault",
    [
        *[rejected(status) for status in (401, 402, 403, 404, 405, 413, 429, 451, 501, 307)],
        rejected(400, code="context_length_exceeded"),
        rejected(400, code="model_not_found"),
        rejected(403, type="request_forbidden", code="unsupported_country_region_territory"),
        rejected(400, "Country, region, or territory not supported"),
        rejected(400, "This model's maximum context length is 8192 tokens. However, you ..."),
        rejected(422, "Your prompt is too long: 9 > 8"),
        rejected(400, "The requested model 'x' does not exist."),
        rejected(400, "Incorrect API key provided. You can obtain one from https://h"),
        Rejected(400, "too big", body='{"error":{"type":"exceed_context_size_error"}}'),
        UpstreamError("spent", "insufficient_quota"),
        UpstreamError("no", 404),
        UpstreamError("no", "404"),
        UpstreamError("too long", "context_length_exceeded", "invalid_request_error"),
        ConnectFailed("h:1", "certificate verify failed"),
        NotAnEventStream("text/html", "<html>"),
    ],
    ids=repr,
)
def test_another_may_answer_what_this_one_cannot(fault: StreamFault) -> None:
    assert is_about_upstream(fault)


@pytest.mark.parametrize(
    "fault",
    [
        rejected(400),
        rejected(400, "messages: at least one message is required"),
        rejected(400, "Unsupported value: 'temperature' does not support 7 with this model."),
        rejected(400, "The response was filtered", code="content_filter"),
        rejected(422, "Input should be a valid string"),
        UpstreamError("bad", "invalid_prompt", "invalid_request_error"),
        UpstreamError("filtered", "content_filter"),
        Disconnected(0, "the session was closed"),
        DeadlineExceeded(5),
        EventTooLarge(9, 8),
    ],
    ids=repr,
)
def test_another_is_not_asked_what_is_wrong_with_the_request(fault: StreamFault) -> None:
    assert not is_about_upstream(fault)


def test_who_is_not_there_is_not_waited_for() -> None:
    assert all(map(is_away, (BreakerOpen("u", 1), RateLimited("u", 9, 5), ConnectFailed("h", "x"))))
    assert not any(map(is_away, (Disconnected(1, "cut"), rejected(503), rejected(429))))


def test_what_our_own_side_kept_back_was_not_sent() -> None:
    assert was_unsent(BreakerOpen("u", 1))
    assert was_unsent(RateLimited("u", 9, 5))
    assert not was_unsent(ConnectFailed("h", "refused"))
