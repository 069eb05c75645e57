"""Tells reasoning that a server will want back unchanged."""

from __future__ import annotations

from typing import Any


def is_signed(details: list[Any]) -> bool:
    """Say whether anything in structured reasoning is signed or encrypted."""
    return any(
        isinstance(detail, dict)
        and bool(
            detail.get("signature")
            or detail.get("data")
            or str(detail.get("type")).endswith("encrypted")
        )
        for detail in details
    )
