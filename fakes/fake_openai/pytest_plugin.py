"""The fixture `fake_openai`, for synchronous tests and for those of any asyncio plugin.

Loaded by pytest in every project that has the distribution installed, so nothing is imported before
a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .thread import FakeOpenAIThread


@pytest.fixture
def fake_openai() -> Iterator[FakeOpenAIThread]:
    """A fresh `FakeOpenAIThread` that serves at `fake_openai.base_url`."""
    from .thread import FakeOpenAIThread  # noqa: PLC0415 (see above)

    with FakeOpenAIThread() as fake:
        yield fake
