"""Where the fake is, and what can be set on it at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fake_openai import checks, dialects, nearest
from fake_openai.counting import tokens
from fake_openai.delivery.writes import Writes, checked_writes
from fake_openai.dialect import Dialect
from fake_openai.front.service import Service
from fake_openai.keeping.limits import Ledger, Limits
from fake_openai.keeping.scope import Scope
from fake_openai.latency import Latency


class Knobs:
    """Address and settings of one scope of the server."""

    _service: Service

    if not TYPE_CHECKING:  # to type checkers it would say that every name will do

        def __setattr__(self, name: str, value: Any) -> None:
            """Set a setting; what is none is refused, as it would be set and change nothing.

            Classes of one's own, made from these, may have what attributes they like.

            Raises:
                AttributeError: there is no such setting, or it is no setting.
            """
            ours = type(self).__module__.partition(".")[0] == __name__.partition(".")[0]
            if ours and not name.startswith("_"):
                _check_setting(type(self), name)
            super().__setattr__(name, value)

    @property
    def _scope(self) -> Scope:
        return self._service.scope

    @property
    def dialect(self) -> Dialect:
        """The provider it speaks as; set it by name."""
        return self._scope.settings.dialect

    @dialect.setter
    def dialect(self, dialect: str | Dialect) -> None:
        found = dialect if isinstance(dialect, Dialect) else dialects.find(dialect)
        self._scope.settings.dialect = found

    @property
    def seed(self) -> int:
        """Seed of all that is drawn by chance; when it is set, conversations begin anew."""
        return self._scope.settings.seed

    @seed.setter
    def seed(self, seed: int) -> None:
        checks.whole_number("seed", seed)
        self._scope.reseed(seed)

    @property
    def latency(self) -> Latency:
        """Latency of the model; may be set at any time."""
        return self._scope.settings.latency

    @latency.setter
    def latency(self, latency: Latency) -> None:
        checks.instance("latency", latency, Latency)
        self._scope.settings.latency = latency

    @property
    def writes(self) -> Writes:
        """Borders of writes and form of lines; may be set at any time."""
        return self._scope.settings.writes

    @writes.setter
    def writes(self, writes: Writes) -> None:
        self._scope.settings.writes = checked_writes(writes)

    @property
    def limits(self) -> Limits:
        """Limits on requests, tokens and concurrency; may be set at any time, counts begin anew."""
        return self._scope.settings.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        checks.instance("limits", limits, Limits)
        self._scope.settings.limits = limits
        self._scope.ledger = Ledger(limits)

    @property
    def strict(self) -> bool:
        """Whether a request that no script matches is refused; the nearest script is named."""
        return self._scope.settings.strict

    @strict.setter
    def strict(self, strict: bool) -> None:
        checks.instance("strict", strict, bool)
        self._scope.settings.strict = strict

    @property
    def models(self) -> tuple[str, ...] | None:
        """The models there are, None = any name will do; may be set at any time."""
        return self._scope.settings.models

    @models.setter
    def models(self, models: Sequence[str] | None) -> None:
        self._scope.settings.models = checks.texts("models", models)

    @property
    def tokenizer(self) -> str:
        """Name of what counts tokens; may be set at any time."""
        return self._scope.settings.tokenizer.name

    @tokenizer.setter
    def tokenizer(self, tokenizer: str) -> None:
        checks.text("tokenizer", tokenizer)
        self._scope.settings.tokenizer = tokens.find(tokenizer)

    @property
    def host(self) -> str:
        """Address it listens at."""
        return self._service.listener.host

    @property
    def port(self) -> int:
        """Port it listens at; 0 before it does, if none was asked for."""
        return self._service.listener.port

    @property
    def url(self) -> str:
        """Address of the server, without a path."""
        return self._service.listener.url

    @property
    def base_url(self) -> str:
        """What clients want as base URL; DeepSeek continues answers at `url` + `/beta` instead."""
        return f"{self.url}/v1"

    @property
    def api_key(self) -> str:
        """A key that is accepted; that of a scope leads to the scope."""
        return self._service.key(self._scope)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that lead a request to this scope, whatever its key is."""
        return self._service.scopes.headers(self._scope)


def _check_setting(kind: type, name: str) -> None:
    found = getattr(kind, name, None)
    if isinstance(found, property) and found.fset is not None:
        return
    known = sorted(one for one in dir(kind) if getattr(getattr(kind, one), "fset", None))
    if isinstance(found, property):
        told = f"{name} of {kind.__name__} cannot be set, only {', '.join(known)}"
        raise AttributeError(told)  # noqa: TRY004 (what Python says of properties)
    if found is not None:
        raise AttributeError(f"{name} of {kind.__name__} is a method: call it, {name}(...)")
    raise AttributeError(str(nearest.unknown(f"setting of {kind.__name__}", name, known)))
