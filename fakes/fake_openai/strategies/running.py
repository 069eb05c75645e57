"""Settings of Hypothesis for tests that talk to a server."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings


def over_sockets(**more: Any) -> settings:
    """Settings for tests that take the fixture `fake_openai`: `@over_sockets(max_examples=50)`.

    Hypothesis runs all examples with one fixture, and stops to ask whether that is meant. It is:
    `fake.play` begins anew. How long an example takes depends on the machine, so there is no
    deadline, and no complaint that examples are slow.

    Args:
        more: further settings of Hypothesis; they come before these.
    """
    usual = {
        "deadline": None,
        "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    }
    return settings(**{**usual, **more})
