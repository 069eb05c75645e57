"""Limits of the system on what a process may open."""

import resource

_OTHER = 512  # what is open besides


def raise_file_limit(connections: int) -> None:
    """Allow this process and its children as many files as it may allow itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
