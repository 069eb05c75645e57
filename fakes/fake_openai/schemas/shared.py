"""Parts that several endpoints have in their requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fake_openai.asking.rules import Array, Flag, Number, Record, Rule, Table, Tagged, Text, Whole

TOOL_NAME = r"^[a-zA-Z0-9_-]+$"
SERVICE_TIERS = ("auto", "default", "fast", "flex", "priority", "scale")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
SIZES = ("low", "medium", "high")

JSON_SCHEMA = Table()
METADATA = Table(of=Text(null="wrong", longest=512), most=16, longest_name=64)
TEMPERATURE = Number(lowest=0, highest=2)
TOP_P = Number(lowest=0, highest=1)
TOP_LOGPROBS = Whole(lowest=0, highest=20)
NAME = Text(null="wrong", shortest=1, longest=64, pattern=TOOL_NAME)
CACHE_BREAKPOINT = Record(members={"mode": Text(choices=("explicit",))}, required=("mode",))
CACHE_OPTIONS = Record(
    members={
        "ttl": Text(choices=("30m",)),
        "mode": Text(choices=("implicit", "explicit")),
    }
)
CACHE_RETENTION = Text(choices=("in_memory", "24h"))
_MODERATION_MODE = Record(
    members={"mode": Text(choices=("score", "block"))},
    required=("mode",),
)
MODERATION = Record(
    members={
        "model": Text(null="wrong"),
        "policy": Record(members={"input": _MODERATION_MODE, "output": _MODERATION_MODE}),
    },
    required=("model",),
)
GRAMMAR = Record(
    members={
        "definition": Text(null="wrong"),
        "syntax": Text(choices=("lark", "regex"), null="wrong"),
    },
    required=("definition", "syntax"),
)
WEB_SEARCH_LOCATION = {name: Text() for name in ("country", "region", "city", "timezone")}
TYPE = Text(null="wrong")


def kinds(
    others: Mapping[str, Record] | None = None,
    /,
    *,
    tag: str = "type",
    firm: bool = False,
    **variants: Record,
) -> Tagged:
    """Return an object of several kinds, each with `tag` among its members.

    Args:
        others: kinds whose names are no identifiers.
        tag: the member that names the kind.
        firm: see `Tagged`.
        variants: kinds by name.
    """
    variants = {**(others or {}), **variants}
    tagged = {
        kind: Record(members={tag: TYPE, **one.members}, required=one.required, open=one.open)
        for kind, one in variants.items()
    }
    return Tagged(variants=tagged, tag=tag, firm=firm)


def others(known: Tagged, names: Iterable[str], *, open: bool) -> Tagged:
    """Return `known` with further kinds, of which nothing is known but their names."""
    one = Record(members={known.tag: TYPE}, open=open)
    return replace(known, variants={**known.variants, **dict.fromkeys(names, one)})


def some(of: Rule, *, least: int = 1, most: int | None = None) -> Array:
    """Return a list with at least `least` of something."""
    return Array(of=of, shortest=least, longest=most)


STREAM = Flag()
