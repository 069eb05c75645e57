"""The clients there are, by name; none is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module

from .outcome import Client

_SDK = ("openai", "openai-sync", "openai-helper", "openai-plain", "openai-responses", "langchain")
_MODULES = {
    **dict.fromkeys(_SDK, "of_openai"),
    **dict.fromkeys(("httpx-sse", "aiohttp-sse-client"), "of_sse"),
    **dict.fromkeys(("litellm", "litellm-plain"), "of_litellm"),
    **dict.fromkeys(("steady-client", "steady-middleware"), "of_steadystream"),
}
NAMES = tuple(sorted(_MODULES))


def client_of(name: str) -> Client:
    """Return a client.

    Raises:
        ModuleNotFoundError: it is not installed here.
    """
    clients = import_module(f".{_MODULES[name]}", __package__).CLIENTS
    if name not in clients:
        raise ModuleNotFoundError(f"{name} is not installed in this environment")
    found: Client = clients[name]
    return found
