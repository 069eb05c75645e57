"""The pages whose examples need litellm, or what wants the same openai."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.pages import Page, pages_for

PAGES = [*pages_for("litellm"), *pages_for("instructor")]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_the_examples_of_a_page_run(page: Page, tmp_path: Path) -> None:
    await page.run(tmp_path)
