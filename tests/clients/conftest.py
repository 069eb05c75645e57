"""Which clients are there to be tested, and how their claims fail."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

# Pydantic AI wants openai 3, and litellm an older one: they do not go into one environment. The
# page of findings tells of the newer.
collect_ignore_glob = [] if find_spec("pydantic_ai") else ["test_pydantic_ai_*.py"]
collect_ignore = ["test_findings.py"] if find_spec("litellm") else []

pytest.register_assert_rewrite("clients.claims")
