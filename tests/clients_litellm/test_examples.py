"""The pages whose examples need litellm."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.pages import Page, pages_for

PAGES = pages_for("litellm")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_the_examples_of_a_page_run(page: Page, tmp_path: Path) -> None:
    await page.run(tmp_path)
