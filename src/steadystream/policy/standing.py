"""What a fault says of the upstream that it came from, where there are others to ask."""

from __future__ import annotations

import re

from steadystream.errors import (
    BreakerOpen,
    ConnectFailed,
    NotAnEventStream,
    RateLimited,
    Rejected,
    StreamFault,
    UpstreamError,
)
from steadystream.protocol.error_bodies import parse_error

# With these an upstream speaks of keys, accounts, models, sizes and places, not of what is asked.
_ABOUT_ITSELF = frozenset({401, 402, 403, 404, 405, 407, 410, 413, 421, 429, 451})
_CODES = frozenset(
    {
        "DeploymentNotFound",
        "authentication_error",
        "billing_error",
        "context_length_exceeded",
        "exceed_context_size_error",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "not_found_error",
        "payment_required",
        "permission_error",
        "too_many_prompt_tokens",
        "unsupported_country_region_territory",
    }
)
# Servers that have no code for it say it in words, under 400 and 422.
_WORDS = re.compile(
    r"context (?:length|window|size)|too many (?:input |prompt )?tokens|prompt is too long"
    r"|\bmodel\b.{0,200}?(?:does not exist|not found|not exist|is not available|deprecated)"
    r"|(?:unknown|unsupported|invalid) model\b"
    r"|\bapi[ _-]?key\b|credit balance|insufficient balance"
    r"|(?:country|region|territory|location).{0,60}(?:not|un)[ -]?(?:supported|available)",
    re.IGNORECASE | re.DOTALL,
)


def is_about_upstream(fault: StreamFault) -> bool:
    """Say whether a fault that no further attempt can mend is about the upstream it came from.

    Another one may well answer the same request then. A request that is refused for what it says
    (400, a content filter) would be refused there for the same reason.
    """
    if isinstance(fault, Rejected):
        if fault.status in _ABOUT_ITSELF or not 400 <= fault.status < 500:  # noqa: PLR2004  # HTTP
            return True
        told = parse_error(fault.body or fault.error)
        return _is_told(told.code, told.type, fault.message)
    if isinstance(fault, UpstreamError):
        code = int(str(fault.code)) if str(fault.code).isdecimal() else 0
        return code in _ABOUT_ITSELF or _is_told(fault.code, fault.type, fault.message)
    return isinstance(fault, (ConnectFailed, NotAnEventStream))


def is_away(fault: StreamFault) -> bool:
    """Say whether an upstream cannot be asked just now, so that another is asked at once."""
    return isinstance(fault, (BreakerOpen, RateLimited, ConnectFailed))


def was_unsent(fault: StreamFault) -> bool:
    """Say whether our own side kept an attempt back, so that it cost nobody anything."""
    return isinstance(fault, (BreakerOpen, RateLimited))


def _is_told(code: object, kind: object, message: str) -> bool:
    return code in _CODES or kind in _CODES or _WORDS.search(message) is not None
