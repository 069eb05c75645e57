"""From an integer to a schedule: the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from fake_openai import Writes
from fake_openai.dialects import find
from steadystream import Backoff, Hedge, Retries, Timeouts

from . import answers, troubles
from .course import Behind, Course, Kept, Purse, Shell

DIALECTS = (
    *("openai", "azure", "deepseek", "vllm", "sglang", "mistral", "qwen", "kimi"),
    *("openrouter", "groq", "ollama"),
)
_CONTINUES = "anthropic/claude-sonnet-4.5"  # on OpenRouter, of those that take a prefill
_KEEPING = ("openai", "azure")  # dialects that know responses in the background
_WAYS = ("cursor", "exact_prefix", "prefill", "regenerate")
_REAL_SHARE = 50  # one schedule of so many blocks a thread, and has to wait in real time


def shell_of(seed: int) -> Shell:
    """Return what the consumer of a schedule uses."""
    if seed % _REAL_SHARE == _REAL_SHARE - 1:
        return "sync"
    return "client" if seed % 2 else "middleware"


def course(seed: int) -> Course:
    """Return the schedule of `seed`."""
    rng = random.Random(f"steadystream/{seed}")
    shell = shell_of(seed)
    kind = rng.choice(list(answers.KINDS))
    dialect = rng.choice([name for name in DIALECTS if answers.is_told(kind, name)])
    answer, body = answers.KINDS[kind](rng)
    drawn = Course(
        seed=seed,
        shell=shell,
        dialect=dialect,
        model=_CONTINUES if dialect == "openrouter" and rng.random() < 0.7 else "m",
        kind=kind,
        answer=answer,
        body=body,
        rows=troubles.rows(rng, counted=kind.startswith("response")),
        writes=_writes(rng),
        first_token=rng.choice([0.0, 0.0, 0.0, 0.03771, 0.41113]),
        between=rng.choice([0.0] * 7 + [0.00313]),
        retries=_retries(rng),
        timeouts=_timeouts(rng),
        purse=Purse(rng.randint(0, 6)) if rng.random() < 0.3 else None,
        hedge=Hedge(after=round(rng.uniform(0.02, 0.6), 5)) if rng.random() < 0.2 else None,
        truth=answers.truth(answer, body, dialect),
    )
    drawn = _with_end(drawn, rng)
    if rng.random() < 0.25:
        drawn = _with_fallbacks(drawn, rng)
    if drawn.is_response:
        drawn = _kept(drawn, rng)
    return _in_real_time(drawn) if shell == "sync" else drawn


def _with_fallbacks(drawn: Course, rng: random.Random) -> Course:
    told = [name for name in DIALECTS if answers.is_told(drawn.kind, name)]
    if drawn.answer.reasoning and not drawn.is_response:  # what one of them thinks, the others do
        told = [n for n in told if bool(find(n).reasoning) == bool(find(drawn.dialect).reasoning)]
    behind = [_behind(f"m{number}", told, drawn, rng) for number in range(rng.randint(1, 2))]
    return replace(drawn, behind=behind)


def _behind(model: str, told: Sequence[str], drawn: Course, rng: random.Random) -> Behind:
    if rng.random() < 0.25:
        return Behind(model=model)
    rows = troubles.rows(rng, counted=drawn.is_response)
    return Behind(model=model, dialect=rng.choice(told), rows=rows)


def _kept(drawn: Course, rng: random.Random) -> Course:
    """Return it with a response in the background, perhaps."""
    by: Kept = rng.choice(["", "", "ours", "ours", "caller"])
    if by == "caller":
        if drawn.dialect not in _KEEPING:
            return drawn  # it would be refused, and that is all
        drawn = replace(drawn, body={**drawn.body, "background": True})
    # Slow enough for it to be left while it is made.
    between = rng.choice([0.0, 0.0, 0.20311]) if by and drawn.shell != "sync" else drawn.between
    retries = replace(drawn.retries, background=by == "ours")
    return replace(drawn, kept=by, between=between, retries=retries)


def _writes(rng: random.Random) -> Writes:
    return Writes(
        mode=rng.choices(
            ["whole", "event", "lines", "utf8", "data", "random", "bytes"],
            (1200, 500, 200, 200, 110, 120, 1),
        )[0],
        newline=rng.choice(["\n", "\n", "\n", "\r\n", "\r"]),
        bom=rng.random() < 0.2,
        space_after_colon=rng.random() < 0.8,
    )


def _retries(rng: random.Random) -> Retries:
    rungs = set(_WAYS)
    if rng.random() < 0.3:
        rungs = {way for way in (*_WAYS, "instruct") if rng.random() < 0.6}
    calls: Literal["hold", "stream"] = "stream" if rng.random() < 0.3 else "hold"
    reasoning: Literal["once", "again"] = "again" if rng.random() < 0.3 else "once"
    return Retries(
        attempts=rng.choice([1, 2, 3, 5, 5, 8, 12]),
        backoff=Backoff(base=rng.choice([0.01, 0.1, 0.5]), cap=rng.choice([0.1, 8.0])),
        max_retry_after=rng.choice([None, 0.5, 60.0]),
        rungs=frozenset(rungs),  # type: ignore[arg-type]  # names will do
        attempts_each=rng.choice([1, 2, 2, 3]),
        tool_calls=calls,
        reasoning=reasoning,
    )


def _timeouts(rng: random.Random) -> Timeouts:
    total = round(rng.uniform(0.05, 8), 5) if rng.random() < 0.25 else None
    return Timeouts(connect=2.00077, first_token=1.03733, idle=0.61117, total=total)


def _with_end(drawn: Course, rng: random.Random) -> Course:
    chance = rng.random()
    if chance < 0.06:
        return replace(drawn, leaves_after=rng.randint(1, 12))
    if chance < 0.12 and drawn.shell != "sync":  # nobody can cancel a thread
        return replace(drawn, cancelled_after=round(rng.uniform(0, 2), 5))
    if chance < 0.17 and drawn.shell != "sync":
        return replace(drawn, thinks=round(rng.uniform(0.01, 0.9), 5))
    return drawn


def _in_real_time(drawn: Course) -> Course:
    """Return it with times so short that they can be waited for."""
    timeouts = drawn.timeouts
    total = None if timeouts.total is None else timeouts.total / 20
    return replace(
        drawn,
        first_token=0.0,
        retries=replace(
            drawn.retries, backoff=Backoff(base=0.001, cap=0.002), max_retry_after=0.05
        ),
        timeouts=replace(timeouts, first_token=0.15, idle=0.1, total=total),
    )
