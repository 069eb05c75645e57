"""`fake-openai serve`."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, Any

import typer

from fake_openai import faults as all_faults
from fake_openai import latency as latencies
from fake_openai.dialects import DIALECTS
from fake_openai.latency import Latency
from fake_openai.scripts.scenario import Scenario
from fake_openai.server import FakeOpenAI

from .running import fail, run

_PORT = 8787
_KEPT = 1000


def serve(  # noqa: PLR0917 (typer passes options by name)
    config: Annotated[
        Path | None,
        typer.Option(help="YAML file that describes the fake; other options come before it."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help=f"Port to listen at; 0 = a free one.  [default: {_PORT}]"
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at.  [default: 127.0.0.1]")
    ] = None,
    dialect: Annotated[
        str | None, typer.Option(help=f"Whose API: {', '.join(DIALECTS)}.  [default: openai]")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="The same seed and the same requests give the same bytes.  [default: 0]"),
    ] = None,
    latency: Annotated[
        str | None,
        typer.Option(
            help="A profile, or times such as first=0.3,between=lognormal:0.02:0.5; see `profiles`."
        ),
    ] = None,
    first_token: Annotated[
        float | None, typer.Option(min=0, help="Seconds before the first token.")
    ] = None,
    between: Annotated[float | None, typer.Option(min=0, help="Seconds between tokens.")] = None,
    jitter: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share by which waits vary: 0.1 = 10 percent."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="For every request, such as cut:after=5 or status:429,probability=0.1; several are"
            " joined with +, or dealt out in turn if the option is given again; see `faults`."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Play a scenario, told by its token: what a fuzz test found.")
    ] = None,
    api_key: Annotated[
        list[str] | None,
        typer.Option(
            "--api-key",
            "--api-keys",
            help="Accept this key and no other; several with commas, or the option again.",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Serve this model and no other; may be given several times."),
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(
            help="What counts tokens: own, auto, o200k_base or cl100k_base.  [default: own]"
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Speak TLS with this certificate (PEM).")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="Key of the certificate, if it is in another file.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse requests that no script matches.")
    ] = False,
    admin: Annotated[
        bool | None, typer.Option(help="Admin API and page at /_fake/.  [default: if local]")
    ] = None,
    admin_token: Annotated[
        str | None,
        typer.Option(envvar="FAKE_OPENAI_ADMIN_TOKEN", help="Admin API only with this token."),
    ] = None,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Tell clients the real time in `created`.")
    ] = False,
) -> None:
    """Serve until Ctrl-C.

    Any model is accepted unless --model is given, and any key unless --api-key is. Every
    conversation gets a few sentences of its own, always the same for one seed. Model names such as
    fake-429 or fake-cut-after-5 ask for faults.
    """
    arguments: dict[str, Any] = {
        "host": host,
        "port": port,
        "dialect": _dialect(dialect),
        "seed": seed,
        "latency": _latency(latency, first_token, between, jitter),
        "api_keys": _keys(api_key),
        "models": model or None,
        "tokenizer": tokenizer,
        "tls": _tls(tls_cert, tls_key),
        "admin": admin_token if admin_token is not None and admin is not False else admin,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    if real_time:
        given["created"] = None
    fake = _made(config, given)
    if strict:
        fake.strict = True
    if scenario is not None:
        fake.play(_scenario(scenario))
    rows = [_faults(text) for text in fault or ()]
    if rows:
        fake.fail(*rows, times=None)
    run(fake, lambda: _welcome(fake), f"{fake.host}:{fake.port}")


def _made(config: Path | None, given: dict[str, Any]) -> FakeOpenAI:
    try:
        if config is None:
            return FakeOpenAI(**{"port": _PORT, "journal_size": _KEPT, **given})
        from fake_openai.scripts.config import load  # noqa: PLC0415 (most do without)

        described = load(config)
        described.server.setdefault("port", _PORT)
        described.server.setdefault("journal_size", _KEPT)
        return described.fake(**given)
    except (ValueError, TypeError) as error:
        fail(str(error), 2)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", 2)
    raise AssertionError  # fail() has ended the command


def _dialect(name: str | None) -> str | None:
    if name is not None and name not in DIALECTS:
        raise typer.BadParameter(
            f"expected one of {', '.join(DIALECTS)}, got {name!r}", param_hint="--dialect"
        )
    return name


def _latency(
    text: str | None, first: float | None, between: float | None, jitter: float | None
) -> Latency | None:
    if text is not None:
        if (first, between, jitter) != (None, None, None):
            told = "give either --latency or --first-token, --between and --jitter"
            raise typer.BadParameter(told, param_hint="--latency")
        try:
            return latencies.parse(text)
        except (ValueError, TypeError, OSError) as error:
            raise typer.BadParameter(str(error), param_hint="--latency") from None
    if (first, between, jitter) == (None, None, None):
        return None
    return Latency(first or 0.0, between or 0.0, jitter or 0.0)


def _faults(text: str) -> tuple[Any, ...]:
    try:
        return all_faults.parse(text)
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(str(error), param_hint="--fault") from None


def _keys(given: list[str] | None) -> list[str] | None:
    keys = [key.strip() for text in given or () for key in text.split(",")]
    if "" in keys:
        raise typer.BadParameter("expected a key, got an empty one", param_hint="--api-key")
    return keys or None


def _scenario(token: str) -> Scenario:
    try:
        return Scenario.from_token(token)
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from None


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if key is not None:
            raise typer.BadParameter("needs --tls-cert, too", param_hint="--tls-key")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # what is wrong in a file is one, too
        told = f"{certificate}: {error.strerror or error}"
        raise typer.BadParameter(told, param_hint="--tls-cert") from None
    return context


def _welcome(fake: FakeOpenAI) -> str:
    any_key = fake._service.api_keys is None  # noqa: SLF001 (no property shows keys)
    key = "sk-any" if any_key else "YOUR_KEY"
    model = (fake.models or fake.dialect.models)[0]
    lines = [
        f"fake-openai serves {fake.dialect.name} at {fake.base_url}",
        "",
        f"  export OPENAI_BASE_URL={fake.base_url} OPENAI_API_KEY={key}",
        f"  curl -N {fake.base_url}/chat/completions \\",
        f"    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\",
        f'    -d \'{{"model": "{model}", "stream": true,',
        '         "messages": [{"role": "user", "content": "Hello"}]}\'',
        "",
    ]
    tokenizer = fake._service.scope.settings.tokenizer  # noqa: SLF001 (its name alone is shown)
    if tokenizer.by_model is not None:
        lines.insert(1, f"(tokens are counted by: {', '.join(tokenizer.at_hand)})")
    if fake.dialect.name == "deepseek":
        lines.insert(1, f"(answers are continued at {fake.url}/beta)")
    return "\n".join([*lines, "Ctrl-C stops it."])
