"""What a route of the admin API is, and what it is called with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web

from fake_openai import nearest
from fake_openai.checks import in_json, shown

from .wording import in_json_words

if TYPE_CHECKING:
    from fake_openai.front.service import Service
    from fake_openai.keeping.scope import Scope

Schema: TypeAlias = Mapping[str, Any]
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


class Refused(Exception):
    """A call that the admin API refuses.

    Attributes:
        status: HTTP status.
        message: for people.
        param: the offending part of the call.
    """

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(status, message, param)
        self.status = status
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a body, or of a query.

    Attributes:
        name: of the member.
        schema: its JSON schema.
        text: what it is, for people.
        read: makes of the JSON value what the route wants; a `TypeError` or `ValueError` it raises
            is a refusal.
        required: whether it must be there.
    """

    name: str
    schema: Schema
    text: str
    read: Callable[[Any], Any] = field(default=lambda value: value)
    required: bool = False


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        service: the server.
        scope: the scope that the call is about.
        params: what the path names.
        query: members of the query, read.
        body: members of the body, read.
        request: the request.
    """

    service: Service
    scope: Scope
    params: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    request: web.BaseRequest


Serve: TypeAlias = Callable[[Call], Any | Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one path.

    Attributes:
        method: HTTP method.
        path: `{name}` stands for one segment, decoded.
        text: what it does, for people.
        serve: does it and returns what is told as JSON, or a response; may be async.
        gives: JSON schema of what is told; None = nothing (204), or no JSON.
        body: members of the body; None = it takes none.
        query: members of the query.
        status: HTTP status where all goes well.
        type: content type where it is not JSON.
        scoped: whether it is about one scope.
        opens: whether the scope is made if there is none.
        open: whether no token is needed.
        errors: statuses of refusals beside 400, 401 and 403.
    """

    method: str
    path: str
    text: str
    serve: Serve
    gives: Schema | None = None
    body: Sequence[Field] | None = None
    query: Sequence[Field] = ()
    status: int = 200
    type: str = "application/json"
    scoped: bool = True
    opens: bool = False
    open: bool = False
    errors: Sequence[int] = ()


def read(what: str, known: Sequence[Field], given: Any) -> dict[str, Any]:
    """Return the members of `given`, read.

    Raises:
        Refused: `given` is no object, a member is missing, unknown, or not what it should be.
    """
    with in_json():
        return _members(what, known, given)


def _members(what: str, known: Sequence[Field], given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused(400, f"the {what} must be a JSON object, got {shown(given)}")
    names = [one.name for one in known]
    for name in given:
        if name not in names:
            told = str(nearest.unknown(f"member of the {what}", name, names)) if names else ""
            raise Refused(400, told or f"the {what} has no members, got {name!r}", name)
    values = {}
    for one in known:
        if one.name in given:
            values[one.name] = _read(one, given[one.name])
        elif one.required:
            raise Refused(400, f"the {what} needs {one.name}: {one.text}", one.name)
    return values


def _read(one: Field, value: Any) -> Any:
    kind = one.schema.get("type")
    kinds = [kind] if isinstance(kind, str) else list(kind or ())
    if kinds and not any(_is(value, name) for name in kinds):
        wanted = " or ".join(kinds)
        raise Refused(400, f"{one.name} must be {wanted}, got {shown(value)}", one.name)
    try:
        return one.read(value)
    except (TypeError, ValueError) as error:
        raise Refused(400, in_json_words(str(error)), one.name) from None
    except OSError as error:
        raise Refused(400, f"{error.filename}: {error.strerror}", one.name) from None


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
