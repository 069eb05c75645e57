"""litellm as it should be run where nothing but the model may be asked."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

_ASKED: list[str] = []
"""Hosts that this process connected to or looked up, from before litellm was imported."""


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        _ASKED.append(str(args[0]))
    elif event == "socket.connect" and isinstance(args[1], tuple):
        _ASKED.append(str(args[1][0]))


sys.addaudithook(_watch)

import litellm  # noqa: E402  # it reads the environment and may call home when it is imported

litellm.suppress_debug_info = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bear what litellm's own types make pydantic say; every other warning stays an error."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Item '.*' on TypedDict class"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Pydantic serializer warnings"))


@pytest.fixture(autouse=True)
def no_client_is_left_over() -> Iterator[None]:
    """litellm keeps clients by address and key, and a port may come again in another test."""
    litellm.in_memory_llm_clients_cache.flush_cache()
    yield
    litellm.in_memory_llm_clients_cache.flush_cache()


@pytest.fixture
def strangers() -> Callable[[], list[str]]:
    """Return what names the hosts other than this machine that were asked so far."""
    return lambda: [host for host in _ASKED if not _is_here(host)]


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
