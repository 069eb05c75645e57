from __future__ import annotations

import itertools
import random
import statistics
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Fixed, Latency, Load, Lognormal, Normal, Recorded, Uniform
from fake_openai.latency import PROFILES, Distribution, from_json, parse

MANY = 4000
PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "latency.md").read_text()


def _draws(distribution: Distribution, seed: int = 0) -> list[float]:
    rng = random.Random(seed)
    return [distribution.draw(rng) for _ in range(MANY)]


@given(st.floats(0, 10), st.floats(0, 1), st.integers())
@settings(max_examples=50)
def test_a_wait_stays_within_its_jitter(between: float, jitter: float, seed: int) -> None:
    wait = Latency(between=between, jitter=jitter).next(random.Random(seed))

    assert between * (1 - jitter) - 1e-9 <= wait <= between * (1 + jitter) + 1e-9


def test_without_jitter_waits_are_exact() -> None:
    latency = Latency(first_token=2.0, between=0.5)

    assert (latency.first(random.Random(0)), latency.next(random.Random(0))) == (2.0, 0.5)


def test_each_token_of_the_prompt_adds_to_the_first_wait() -> None:
    latency = Latency(first_token=1.0, per_prompt_token=0.25)

    assert latency.first(random.Random(0), prompt_tokens=8) == 3.0


@pytest.mark.parametrize(
    "distribution",
    [Fixed(1), Uniform(0.1, 0.3), Normal(0.2, 0.5), Lognormal(0.3, 0.5), Recorded([1, 2, 3])],
    ids=lambda distribution: type(distribution).__name__,
)
def test_the_same_chance_draws_the_same_times(distribution: Distribution) -> None:
    assert _draws(distribution, 7) == _draws(distribution, 7)


def test_uniform_times_fill_their_range_evenly() -> None:
    drawn = _draws(Uniform(0.1, 0.3))

    assert 0.1 <= min(drawn) < 0.11
    assert 0.29 < max(drawn) <= 0.3
    assert statistics.mean(drawn) == pytest.approx(0.2, rel=0.02)


def test_normal_times_have_their_mean_and_deviation() -> None:
    drawn = _draws(Normal(mean=1.0, sd=0.1))

    assert statistics.mean(drawn) == pytest.approx(1.0, rel=0.01)
    assert statistics.stdev(drawn) == pytest.approx(0.1, rel=0.05)


def test_normal_times_are_never_below_zero_nor_heaped_at_it() -> None:
    drawn = _draws(Normal(mean=0.1, sd=1.0))

    assert min(drawn) >= 0
    assert drawn.count(0.0) == 0


def test_lognormal_times_have_their_median_and_sigma() -> None:
    drawn = sorted(_draws(Lognormal(median=0.3, sigma=0.5)))

    assert statistics.median(drawn) == pytest.approx(0.3, rel=0.05)
    assert drawn[int(MANY * 0.95)] / 0.3 == pytest.approx(2.28, rel=0.08)


def test_recorded_gaps_come_in_their_order_and_again() -> None:
    gaps = Latency(between=Recorded([0.1, 0.2, 0.3])).gaps(random.Random(0))

    assert list(itertools.islice(gaps, 5)) == [0.1, 0.2, 0.3, 0.1, 0.2]


def test_jitter_is_for_distributions_too() -> None:
    gaps = Latency(between=Recorded([1.0]), jitter=0.5).gaps(random.Random(0))

    drawn = list(itertools.islice(gaps, 200))

    assert 0.5 <= min(drawn) < 0.6
    assert 1.4 < max(drawn) <= 1.5


@pytest.mark.parametrize(
    "text", ["[0.1, 0.25, 3]", "0.1\n0.25\n3\n", "0.1, 0.25; 3", "# gaps\n0.1 0.25 # two\n\n3"]
)
def test_recorded_times_are_read_from_a_file(text: str, tmp_path: Path) -> None:
    (tmp_path / "gaps").write_text(text)

    assert Recorded.read(tmp_path / "gaps") == Recorded([0.1, 0.25, 3])


@pytest.mark.parametrize("text", ["", "[]", "fast", '["0.1"]', "-1", "[0.1"])
def test_a_file_that_holds_no_times_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "gaps").write_text(text)

    with pytest.raises(ValueError, match="gaps: expected a list of times in seconds: "):
        Recorded.read(tmp_path / "gaps")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Latency(first_token=-1), "first_token must be 0 s or more, got -1"),
        (lambda: Latency(between=-0.5), "between must be 0 s or more, got -0.5"),
        (lambda: Latency(per_prompt_token=-2), "per_prompt_token must be 0 s or more, got -2"),
        (lambda: Latency(jitter=2), "jitter must be between 0 and 1, got 2"),
        (lambda: Uniform(2, 1), "Uniform needs low <= high, got 2 and 1"),
        (lambda: Normal(-1, 1), "mean of Normal must be 0 or more, got -1"),
        (lambda: Lognormal(1, 99), "sigma of Lognormal must be at most 10, got 99"),
        (lambda: Recorded([]), "Recorded needs at least one time, got none"),
        (lambda: Load(slots=0), "slots must be 1 or more, got 0"),
        (lambda: Load(full_status=200), "full_status must be 400 to 599, got 200"),
        (lambda: Load(queue_limit=-1), "queue_limit must be 0 or more, got -1"),
        (
            lambda: Load(decode_tokens_per_second=0),
            "decode_tokens_per_second must be above 0, got 0",
        ),
    ],
)
def test_impossible_times_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Latency("1"), "first_token must be a number of seconds or a distribution"),  # type: ignore[arg-type]
        (lambda: Latency(Uniform), "such as Uniform.*got the class Uniform"),  # type: ignore[arg-type]
        (lambda: Latency(load=3), "load must be a Load or None, got 3"),  # type: ignore[arg-type]
        (lambda: Recorded("123"), "times of Recorded must be a list, got '123'"),
    ],
)
def test_what_is_no_time_is_refused(make: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize(
    ("text", "latency"),
    [
        ("first=0.3", Latency(first_token=0.3)),
        ("first_token=300ms,between=20ms", Latency(first_token=0.3, between=0.02)),
        ("first=2min, between = 1e-3", Latency(first_token=120, between=0.001)),
        ("first=lognormal:0.3:0.5", Latency(first_token=Lognormal(0.3, 0.5))),
        ("between=uniform:10ms:30ms,jitter=0.1", Latency(between=Uniform(0.01, 0.03), jitter=0.1)),
        ("per_prompt_token=0.0001", Latency(per_prompt_token=0.0001)),
        (
            "slots=4,slowdown=0.5,queue_limit=2",
            Latency(load=Load(slots=4, slowdown=0.5, queue_limit=2)),
        ),
        ("gpt-4o-mini", PROFILES["gpt-4o-mini"]),
    ],
)
def test_a_line_says_the_latency(text: str, latency: Latency) -> None:
    assert parse(text) == latency


def test_what_is_said_behind_a_profile_differs_from_it() -> None:
    load = PROFILES["local-gpu"].load
    assert load is not None

    changed = parse("local-gpu,jitter=0.2,slots=3")

    assert changed.first_token == PROFILES["local-gpu"].first_token
    assert changed.jitter == 0.2
    assert changed.load is not None
    assert (changed.load.slots, changed.load.slowdown) == (3, load.slowdown)


def test_a_line_may_name_a_file_of_gaps(tmp_path: Path) -> None:
    (tmp_path / "gaps").write_text("0.1 0.2")

    assert parse(f"between=recorded:{tmp_path}/gaps") == Latency(between=Recorded([0.1, 0.2]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frist=1", "there is no latency setting 'frist': did you mean 'first'?"),
        ("slot=1", "there is no latency setting 'slot': did you mean 'slots'?"),
        ("first=gamma:1:2", "no distribution 'gamma': expected one of fixed, uniform, normal"),
        ("local-gpus", "there is no latency profile 'local-gpus': did you mean 'local-gpu'?"),
        ("first=uniform:1", "first_token: expected uniform:LOW:HIGH, got 'uniform:1'"),
        ("first=normal:1:x", "first_token: expected a time such as 0.3 or 300ms, got 'x'"),
        ("", "expected name=value, got '' in ''"),
        ("first=1,between", "expected name=value, got 'between' in 'first=1,between'"),
        ("slots=many", "slots must be a whole number, got 'many'"),
        ("jitter=many", "jitter must be a number, got 'many'"),
        ("first=-1", "first_token must be 0 s or more, got -1"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(text)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"frist": 1}, "there is no latency setting 'frist': did you mean 'first_token'?"),
        ({"load": {"slot": 1}}, "there is no load setting 'slot': did you mean 'slots'?"),
        ({"between": {"kind": "normle"}}, "no distribution 'normle': did you mean 'normal'?"),
        ({"between": {"kind": "normal", "mean": 1}}, "between: normal needs sd, got"),
        (
            {"between": {"kind": "normal", "mean": 1, "sd": 1, "low": 1}},
            "there is no setting of normal 'low'",
        ),
        ({"profile": "instnat"}, "there is no latency profile 'instnat': did you mean 'instant'?"),
    ],
)
def test_json_that_makes_no_sense_is_refused(value: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        from_json(value)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, "latency must be a mapping, got 3"),
        ({"load": 3}, "load must be a mapping, got 3"),
        ({"between": {"mean": 1}}, "between needs a kind, one of fixed, "),
        ({"between": [1]}, "between must be a number of seconds or a distribution"),
        ({"profile": 3}, "profile must be text, got 3"),
    ],
)
def test_json_of_the_wrong_kind_is_refused(value: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        from_json(value)


_SECONDS = st.floats(0, 100)
_TIMES = st.one_of(
    _SECONDS,
    st.builds(Fixed, _SECONDS),
    st.builds(lambda low, more: Uniform(low, low + more), _SECONDS, _SECONDS),
    st.builds(Normal, _SECONDS, _SECONDS),
    st.builds(Lognormal, _SECONDS, st.floats(0, 10)),
    st.builds(Recorded, st.lists(_SECONDS, min_size=1, max_size=4)),
)
_LOADS = st.builds(
    Load,
    slots=st.integers(1, 9),
    prefill_tokens_per_second=st.none() | st.floats(1, 100),
    slowdown=_SECONDS,
    queue_limit=st.none() | st.integers(0, 9),
)


@given(st.builds(Latency, _TIMES, _TIMES, st.floats(0, 1), _TIMES, st.none() | _LOADS))
def test_a_latency_written_as_json_is_read_back(latency: Latency) -> None:
    assert from_json(latency.to_json()) == latency


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_draws_times_and_can_be_written_down(name: str) -> None:
    latency = PROFILES[name]

    assert latency.first(random.Random(0), prompt_tokens=100) >= 0
    assert from_json(latency.to_json()) == latency
    assert from_json(name) == from_json({"profile": name}) == latency


@pytest.mark.parametrize("field", [*fields(Latency), *fields(Load)], ids=lambda field: field.name)
def test_every_setting_is_on_the_page_with_its_default(field: Any) -> None:
    default = "`None`" if field.default is None else f"{field.default:g}"

    assert f"| `{field.name}` | {default} |" in PAGE


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("kind", [Fixed, Uniform, Normal, Lognormal, Recorded])
def test_every_distribution_is_on_the_page_with_its_settings(kind: Any) -> None:
    assert f"| `{kind.__name__}({', '.join(field.name for field in fields(kind))})` |" in PAGE
