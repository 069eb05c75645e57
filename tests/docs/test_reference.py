"""The reference names what there is, all of it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from steadystream import Dialect, GaveUp, Retries, StreamFault, Timeouts, errors, events
from steadystream.protocol.dialects import DIALECTS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def rows(page: str) -> str:
    return "\n".join(
        line for line in (REFERENCE / page).read_text().splitlines() if line.startswith("|")
    )


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_is_in_the_table(name: str) -> None:
    assert f"| `{name}` |" in rows("dialects.md")


@pytest.mark.parametrize("member", [f.name for f in fields(Dialect) if f.name != "name"])
def test_every_member_of_a_dialect_is_in_the_table(member: str) -> None:
    assert f"| `{member}` |" in rows("dialects.md")


@pytest.mark.parametrize("why", GaveUp)
def test_every_reason_to_give_up_is_in_the_table(why: GaveUp) -> None:
    assert f"| `{why}` |" in rows("errors.md")


FAULTS = [
    k.__name__ for k in vars(errors).values() if isinstance(k, type) and issubclass(k, StreamFault)
]


@pytest.mark.parametrize("name", sorted({*FAULTS} - {"StreamFault"}))
def test_every_fault_is_in_the_table(name: str) -> None:
    assert f"| `{name}` |" in rows("errors.md")


@pytest.mark.parametrize("setting", [*fields(Timeouts), *fields(Retries)], ids=lambda f: f.name)
def test_every_setting_is_in_the_table_with_its_default(setting: object) -> None:
    name, default = setting.name, setting.default  # type: ignore[attr-defined]

    table = rows("settings.md")

    assert f"| `{name}` |" in table
    if isinstance(default, (int, float)):
        assert f"| `{name}` | {default} |" in table


@pytest.mark.parametrize("kind", events.Event.__args__)  # type: ignore[attr-defined]
def test_every_event_is_in_the_table(kind: type) -> None:
    assert f"| `{kind.__name__}(" in rows("client.md")
