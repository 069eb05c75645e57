"""What holds for every test: the profiles of Hypothesis, and that no event loop is made unasked.

A profile is chosen with `HYPOTHESIS_PROFILE`.

`default` draws the same examples every time, so that a run is the same on every machine. `many`
explores: new examples in every run, and many of them; what fails is kept in `.hypothesis/` and
printed with a blob that replays it.
"""

from __future__ import annotations

import asyncio
import os

from hypothesis import HealthCheck, settings

# Sockets and a busy machine make the time of an example say nothing about it.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "many",
    settings.get_profile("default"),
    derandomize=False,
    max_examples=3000,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_report_header() -> str:
    return f"hypothesis profile in force: {settings.get_current_profile_name()}"


def pytest_sessionstart() -> None:
    # Unless one was set, even to None, Python 3.11 makes a loop for whoever looks for the current
    # one, as pytest-asyncio does; nobody would close it.
    asyncio.set_event_loop(None)
