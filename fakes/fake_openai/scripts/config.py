"""The file that describes a whole fake: settings, scripts, scopes; YAML, of which JSON is a part.

Its parts are those of the admin API: what can be posted there can stand here.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_openai import faults
from fake_openai.admin import faults as fault_scripts
from fake_openai.admin import replies as reply_scripts
from fake_openai.admin import settings as scope_settings
from fake_openai.admin.route import Field, Refused, read
from fake_openai.admin.schemas import COMPONENTS, TEXT, closed
from fake_openai.keeping.scope import Scope
from fake_openai.server import FakeOpenAI

from .rulebook import Rule

_SERVER = (
    Field("host", TEXT, "address to listen at"),
    Field("port", {"type": "integer"}, "port to listen at; 0 = a free one"),
    Field("api_keys", {"type": "array", "items": TEXT}, "keys that are accepted, and no others"),
    Field("created", {"type": ["integer", "null"]}, "time told to clients; null = the real one"),
    Field("journal_size", {"type": "integer"}, "requests kept"),
    Field("admin", {"type": ["boolean", "string"]}, "admin API on or off, or its token"),
)
_TLS = (
    Field("certificate", TEXT, "file with the certificate, PEM", required=True),
    Field("key", TEXT, "file with its key, PEM; not needed if it is in the same file"),
)
_REPLAY = (
    Field("file", TEXT, "the recording", required=True),
    Field("speed", {"type": "number"}, "how much faster than recorded; 0 = without waiting"),
)


@dataclass(slots=True)
class Scripts:
    """What is in force in one scope.

    Attributes:
        settings: those that are given, by name.
        replies: scripts of answers.
        faults: scripts of faults.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    replies: list[Rule] = field(default_factory=list)
    faults: list[Rule] = field(default_factory=list)

    def apply(self, scope: Scope) -> None:
        """Put it into force in `scope`."""
        scope_settings.change(scope, self.settings)
        for rule in self.replies:
            scope.desk.script(rule)
        for rule in self.faults:
            scope.desk.spoil(rule)


@dataclass(slots=True)
class Config:
    """A fake, described.

    Attributes:
        server: arguments of `FakeOpenAI` that are given.
        scripts: of the server itself.
        scopes: scopes by name.
        replay: file and speed of a recording; None = there is none.
    """

    server: dict[str, Any] = field(default_factory=dict)
    scripts: Scripts = field(default_factory=Scripts)
    scopes: dict[str, Scripts] = field(default_factory=dict)
    replay: tuple[Path, float] | None = None

    def fake(self, **arguments: Any) -> FakeOpenAI:
        """Return the fake; `arguments` come before what the file says.

        Raises:
            TypeError: an argument is of the wrong kind.
            ValueError: an argument is out of range, or the recording is none.
            OSError: the recording cannot be read.
        """
        made = FakeOpenAI(**{**self.server, **arguments})
        service = made._service  # noqa: SLF001 (both describe one server)
        given = {n: v for n, v in self.scripts.settings.items() if n not in arguments}
        Scripts(given, self.scripts.replies, self.scripts.faults).apply(service.scope)
        for name, scripts in self.scopes.items():
            scripts.apply(service.scopes.open(name))
        if self.replay is not None:
            made.replay(self.replay[0], speed=self.replay[1])
        return made


def load(path: str | Path) -> Config:
    """Return what the file at `path` describes; files that it names lie beside it.

    Raises:
        OSError: a file cannot be read.
        ValueError: it is no YAML, or a part of it is wrong; the message says which, and what was
            probably meant.
    """
    import yaml  # noqa: PLC0415 (an extra)

    try:
        given = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    try:
        return parse({} if given is None else given, Path(path).parent)
    except Refused as refused:
        raise ValueError(f"{path}: {refused.message}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None


def parse(given: Any, folder: Path) -> Config:
    """Return what `given`, a decoded file in `folder`, describes.

    Raises:
        Refused: a part of it is wrong.
        OSError: a file that it names cannot be read.
    """
    told = read("file", _FILE, given)
    server = {one.name: told[one.name] for one in _SERVER if one.name in told}
    if "tls" in told:
        server["tls"] = _context(folder, told["tls"])
    scopes = {
        str(name): _scripts(read(f"scope {name!r}", _SCOPE, one), f"scopes.{name}.")
        for name, one in told.get("scopes", {}).items()
    }
    replay = told.get("replay")
    return Config(
        server,
        _scripts(told),
        scopes,
        (folder / replay["file"], replay.get("speed", 1.0)) if replay else None,
    )


def _scripts(told: Mapping[str, Any], where: str = "") -> Scripts:
    settings = {f.name: told[f.name] for f in scope_settings.FIELDS if f.name in told}
    return Scripts(
        settings,
        [
            _rule(reply_scripts, f"{where}replies[{n}]", one)
            for n, one in enumerate(told.get("replies", ()))
        ],
        [
            _rule(fault_scripts, f"{where}faults[{n}]", one)
            for n, one in enumerate(told.get("faults", ()))
        ],
    )


def _rule(scripts: Any, where: str, given: Any) -> Rule:
    try:
        made: Rule = scripts.rule(read("script", scripts.FIELDS, given))
    except Refused as refused:
        raise Refused(400, f"{where}: {refused.message}", where) from None
    return made


def _context(folder: Path, given: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate, key = folder / given["certificate"], given.get("key")
    try:
        context.load_cert_chain(certificate, folder / key if key else None)
    except OSError as error:  # it does not say which file; what is wrong in a file is one, too
        names = " and ".join(filter(None, (given["certificate"], key)))
        raise ValueError(f"tls: {names}: {error.strerror or error}") from None
    return context


def _object(known: Sequence[Field], what: str) -> Any:
    return lambda value: read(what, known, value)


_SCOPE = (
    *scope_settings.FIELDS,
    Field("replies", {"type": "array"}, "scripts of answers, as POST /_fake/replies takes them"),
    Field("faults", {"type": "array"}, "scripts of faults, as POST /_fake/faults takes them"),
)
_FILE = (
    *_SERVER,
    Field("tls", {"type": "object"}, "certificate and key", _object(_TLS, "part tls")),
    Field("replay", {"type": "object"}, "a recording", _object(_REPLAY, "part replay")),
    *_SCOPE,
    Field("scopes", {"type": "object"}, "settings and scripts of scopes, by name"),
)


def schema() -> dict[str, Any]:
    """Return the JSON schema of the file."""
    replies = _closed(reply_scripts.FIELDS)
    failures = _closed(fault_scripts.FIELDS)
    scope = _members(_SCOPE)
    scope["replies"] = {"type": "array", "items": replies}
    scope["faults"] = {"type": "array", "items": failures}
    members = _members(_FILE) | scope
    members["tls"] = _closed(_TLS)
    members["replay"] = _closed(_REPLAY)
    members["scopes"] = {"type": "object", "additionalProperties": closed({}, scope)}
    components = {**COMPONENTS, "Fault": faults.schema()}
    used = ("Answer", "AnswerOrText", "ToolCall", "Fault", "Faults")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fake-openai",
        **closed({}, members),
        "components": {"schemas": {name: components[name] for name in used}},
    }


def _members(known: Sequence[Field]) -> dict[str, Any]:
    return {one.name: {**one.schema, "description": one.text} for one in known}


def _closed(known: Sequence[Field]) -> dict[str, Any]:
    required = [one.name for one in known if one.required]
    members = _members(known)
    return closed({n: members.pop(n) for n in required}, members)
