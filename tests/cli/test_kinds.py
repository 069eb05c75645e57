from __future__ import annotations

import pytest

from steadystream.cli.demo.kinds import Kind, kind_of
from steadystream.errors import Disconnected, Malformed, Rejected, Stalled, Truncated


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (Kind.CUT, Disconnected(3, "gone")),
        (Kind.NO_HEADERS, Disconnected(0, "gone")),
        (Kind.KEEP_ALIVE, Stalled(1.0, 3)),
        (Kind.TRUNCATED, Truncated(3)),
        (Kind.GARBLED, Malformed("a chunk", "{")),
        (Kind.BAD_GATEWAY, Rejected(502, "bad gateway")),
    ],
)
def test_what_was_planned_and_seen_is_of_the_planned_kind(kind: Kind, seen: Exception) -> None:
    assert kind_of(kind, seen) is kind


def test_what_cannot_come_from_the_plan_is_not_put_down_to_it() -> None:
    assert kind_of(Kind.CUT, Stalled(1.0, 3)) is Kind.UNPLANNED


def test_what_was_not_planned_is_called_so() -> None:
    assert kind_of(None, Disconnected(3, "gone")) is Kind.UNPLANNED
