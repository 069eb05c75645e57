"""Every fault, for every kind of answer, in every dialect, through client and middleware.

What is promised stands in `support/outcomes/promises.py`; the page in the docs is made of it.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from fake_openai.dialects import DIALECTS
from fake_openai.faults import KINDS as FAULTS
from support.outcomes import page, table
from support.outcomes.promises import MENDING, RULES
from support.outcomes.rows import ROWS, Place

_MOST_SHOWN = 40


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_fault_has_the_outcome_that_is_promised(dialect: str) -> None:
    troubles: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))

    found = await table.differences(dialect)

    gc.collect()
    assert not found, "\n".join([f"{len(found)} cells differ:", *found[:_MOST_SHOWN]])
    assert troubles == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_every_fault_of_the_fake_has_a_row() -> None:
    assert {row.fault(Place(after=1, left=1)).kind() for row in ROWS} == FAULTS.keys()


def test_no_fault_has_two_rows() -> None:
    names = [row.name for row in ROWS]

    assert len(names) == len(set(names))


def test_every_promise_is_about_some_cell() -> None:
    everywhere = [
        (cell.row.name, cell.place, cell.kind.name, dialect, cell.shell)
        for dialect in DIALECTS
        for cell in table.cells(dialect)
    ]

    idle = [r for r in (*RULES, *MENDING) if not any(r.fits(*cell) for cell in everywhere)]

    assert idle == []


def test_the_page_is_made_of_the_promises() -> None:
    assert page.FILE.read_text(encoding="utf-8") == page.page(), (
        "written anew by: cd tests && python -m support.outcomes.page"
    )
