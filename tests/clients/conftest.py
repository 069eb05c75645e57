"""Which clients are there to be tested, and how their claims fail."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

# Pydantic AI wants openai 3, and litellm an older one: they do not go into one environment.
collect_ignore_glob = [] if find_spec("pydantic_ai") else ["test_pydantic_ai_*.py"]

pytest.register_assert_rewrite("clients.claims")
