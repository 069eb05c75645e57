"""Which calls are for the admin API, and where it is open by itself."""

from __future__ import annotations

import ipaddress


def is_admin(path: str) -> bool:
    """Say whether a path is none of the API that is faked."""
    return path in {"/_fake", "/metrics"} or path.startswith("/_fake/")


def is_local(host: str) -> bool:
    """Say whether only programs of this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
