"""A sound body of each endpoint, changed at one place: accepted, or refused by a name of a part."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from fake_openai.dialects import DIALECTS
from support.openai_client import ask
from support.requests import BODIES

FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    0.5,
    1e300,
    -(2**70),
    2**70,
    "",
    "x",
    "auto",
    "a.b[0]",
    "\ud800",
    "x" * 300,
    [],
    [[]],
    [None],
    [1, "x"],
    {},
    {"type": None},
    {"type": "text"},
    {"type": "function"},
    {"a": {"b": [1]}},
]

NAMING = {"missing_required_parameter", "invalid_type", "invalid_value", "unknown_parameter"}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where the parts of `value` stand."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in inside:
        yield (*path, name)
        if isinstance(part, dict | list):
            yield from places(part, (*path, name))


@st.composite
def changed(draw: st.DrawFn, sound: dict[str, Any]) -> dict[str, Any]:
    """A body that differs at one place from a sound one."""
    body = copy.deepcopy(sound)
    *way, last = draw(st.sampled_from(list(places(body))))
    holder: Any = body
    for name in way:
        holder = holder[name]
    match draw(st.sampled_from(["delete", "retype", "retype", "wrap", "unknown", "double"])):
        case "delete":
            del holder[last]
        case "retype":
            holder[last] = draw(st.sampled_from(VALUES))
        case "wrap":
            holder[last] = draw(st.sampled_from([[holder[last]], {"x": holder[last]}]))
        case "unknown":
            target = holder[last] if isinstance(holder[last], dict) else body
            target[draw(st.sampled_from(["foo", "Model", "strct", ""]))] = 1
        case _ if isinstance(holder, list):
            holder.append(holder[last])
        case _:
            holder[last] = holder.get(draw(st.sampled_from(sorted(holder))))
    return body


def stands(body: Any, param: str) -> bool:
    """Say whether `param` names a part of `body`, or one that its holder lacks."""
    part = body
    steps = re.findall(r"[^.\[\]]+", param)
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if isinstance(part, list):
            if not step.isdigit() or int(step) > len(part):
                return last
            if int(step) == len(part):  # what should come next is wanting
                return True
            part = part[int(step)]
        elif isinstance(part, dict):
            if step not in part:
                return last or ".".join(steps[number:]) in part
            part = part[step]
        else:
            return last
    return True


async def sent(dialect: str, path: str, body: dict[str, Any]) -> Any:
    """Send `body`; return the error, or None."""
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, json.dumps(body).encode(), path)
    if raw.status == 200:
        return None
    assert 400 <= raw.status < 500, raw.body
    assert raw.headers["content-type"].startswith(("application/", "text/plain"))
    return raw


@pytest.mark.parametrize("path", BODIES)
async def test_the_sound_bodies_are_sound(path: str) -> None:
    error = await sent("openai", path, BODIES[path])

    if path == "/v1/batches":  # it names a file that is not there
        assert error.status == 404
        assert "file-1" in error.json()["error"]["message"]
    else:
        assert error is None


@pytest.mark.parametrize("path", ["/v1/moderations", "/v1/embeddings", "/v1/responses"])
async def test_half_of_a_surrogate_pair_is_text_like_any_other(path: str) -> None:
    assert await sent("openai", path, {"model": "m", "input": "\udfff a"}) is None


@pytest.mark.slow
@pytest.mark.parametrize("path", BODIES)
@FUZZ
@given(data=st.data())
def test_a_changed_body_is_accepted_or_the_part_that_is_wrong_is_named(
    path: str, data: st.DataObject
) -> None:
    body = data.draw(changed(BODIES[path]))

    refused = asyncio.run(sent("openai", path, body))

    if refused is not None:
        error = refused.json()["error"]
        assert list(error) == ["message", "type", "param", "code"]
        if error["param"] is None:
            assert error["code"] not in NAMING, error
        else:
            assert stands(body, error["param"]), error


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(FUZZ, max_examples=30)
@given(data=st.data())
def test_no_dialect_breaks_on_a_changed_body(dialect: str, data: st.DataObject) -> None:
    serves = {f"/v1/{name}" for name in ("completions", "responses", "embeddings")}
    paths = [p for p in BODIES if p in serves and p[4:] in DIALECTS[dialect].serves]
    path = data.draw(st.sampled_from(["/v1/chat/completions", *paths]))
    body = data.draw(changed(BODIES[path]))

    asyncio.run(sent(dialect, path, body))
