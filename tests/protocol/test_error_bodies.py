from __future__ import annotations

import json
from typing import Any

import pytest

from steadystream.protocol.chat import ErrorInfo, parse_error

NESTED = {"message": "No such model.", "type": "invalid_request_error", "param": None, "code": "x"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"error": NESTED},
            ErrorInfo("No such model.", "x", "invalid_request_error"),
            id="nested",
        ),
        pytest.param(
            {"error": {"message": "No.", "type": "BadRequestError", "code": 400}},
            ErrorInfo("No.", 400, "BadRequestError"),
            id="integer code",
        ),
        pytest.param(
            {"error": {"code": "404", "message": "Resource not found"}},
            ErrorInfo("Resource not found", "404"),
            id="string code",
        ),
        pytest.param(
            {"code": "invalid-argument", "error": "Incorrect key."},
            ErrorInfo("Incorrect key.", "invalid-argument"),
            id="error is a text",
        ),
        pytest.param({"error": "Unauthorized"}, ErrorInfo("Unauthorized"), id="only a text"),
        pytest.param(
            {"error": "bad_credentials", "message": "Bad credentials"},
            ErrorInfo("Bad credentials", "bad_credentials"),
            id="error is the code",
        ),
        pytest.param(
            {"object": "error", "message": "Slow down", "type": "rate_limited", "code": "1300"},
            ErrorInfo("Slow down", "1300", "rate_limited"),
            id="flat",
        ),
        pytest.param(
            {"message": "Too fast", "type": "too_many_requests_error", "code": "quota"},
            ErrorInfo("Too fast", "quota", "too_many_requests_error"),
            id="flat without a mark",
        ),
        pytest.param(
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            ErrorInfo("Overloaded", None, "overloaded_error"),
            id="type error",
        ),
        pytest.param(
            {"code": 429, "error": {"message": "Busy"}}, ErrorInfo("Busy", 429), id="code outside"
        ),
        pytest.param({"detail": "Invalid API Key"}, ErrorInfo("Invalid API Key"), id="detail"),
        pytest.param(
            {
                "detail": [
                    {"loc": ["body", "messages", 0], "msg": "Input should be a valid string"},
                    {"loc": ["body"], "msg": "b"},
                    {"msg": "c"},
                    {"msg": "d"},
                    {"msg": "e"},
                ]
            },
            ErrorInfo("body.messages.0: Input should be a valid string; body: b; c; and 2 more"),
            id="detail is a list",
        ),
        pytest.param(
            [{"error": {"code": 400, "message": "Bad", "status": "INVALID_ARGUMENT"}}],
            ErrorInfo("Bad", 400, "INVALID_ARGUMENT"),
            id="in a list",
        ),
        pytest.param(
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 429,
                    "metadata": {"raw": '{"error":{"message":"Busy"}}', "provider_name": "Google"},
                }
            },
            ErrorInfo("Provider returned error: Busy", 429),
            id="raw metadata",
        ),
        pytest.param(
            {"choices": [{"error": {"message": "Disconnected", "code": 502}}]},
            ErrorInfo("Disconnected", 502),
            id="in a choice",
        ),
        pytest.param(
            {"detail": {"error": "x"}, "error": {"message": "failed to decode"}},
            ErrorInfo("failed to decode"),
            id="detail beside error",
        ),
    ],
)
def test_every_shape_of_an_error_object_is_read(body: Any, expected: ErrorInfo) -> None:
    assert parse_error(body) == expected
    assert parse_error(json.dumps(body)) == expected
    assert parse_error(b"\n      \n" + json.dumps(body, indent=2).encode() + b"\n") == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no error message, the body is empty"),
        (" \n ", "no error message, the body is empty"),
        ("upstream connect error or\ndisconnect", "upstream connect error or disconnect"),
        (
            "<html><head><TITLE>api | 502: Bad gateway</TITLE></head><body>long</body></html>",
            "api | 502: Bad gateway",
        ),
        ("<!DOCTYPE html><title>\n</title><h1>Not&nbsp;found</h1> here", "Not found here"),
        ('"Nothing here"', "Nothing here"),
        ('{"error": {"message": "cut off', '{"error": {"message": "cut off'),
        (b"\xef\xbb\xbf{}", "{}"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ({"error": {"reason": "ünknown"}}, '{"reason": "ünknown"}'),
        ([], "[]"),
        (None, "null"),
        ("[" * 100_000, "[" * 499 + "…"),
    ],
)
def test_what_is_no_error_object_is_told_as_text(body: Any, message: str) -> None:
    assert parse_error(body) == ErrorInfo(message)


def test_a_long_message_is_cut_to_500_characters() -> None:
    info = parse_error({"error": {"message": "x" * 1000}})

    assert info.message == "x" * 499 + "…"


def test_a_message_is_one_line() -> None:
    assert parse_error({"error": {"message": "a\n  b\r\nc"}}).message == "a b c"


def test_errors_within_errors_are_followed_to_a_depth_only() -> None:
    body: Any = {"message": "deep"}
    for _ in range(500):
        body = {"error": body}

    assert parse_error(body).message.startswith('{"error":')


def test_a_code_that_is_no_code_is_left_out() -> None:
    assert parse_error({"error": {"message": "x", "code": True, "type": 5}}) == ErrorInfo("x")
