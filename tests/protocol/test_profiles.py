from __future__ import annotations

import subprocess
import sys

import pytest

from steadystream.errors import InvalidRequest
from steadystream.events import Rung
from steadystream.protocol.dialects import Dialect, dialect_of, packaged
from steadystream.protocol.profile_file import read_profiles
from steadystream.protocol.profiles import Profile

HOUSE = "http://gpu-7:8000/v1/chat/completions"


def own(*profiles: Profile) -> object:
    return packaged().after(profiles, {})


def rung_at(url: str, model: str, *profiles: Profile) -> Rung | None:
    return packaged().after(profiles, {}).dialect_of(url, model).rung_for(model)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.services.ai.azure.com/openai/v1/chat/completions", "azure"),
        ("http://localhost:11434/v1/chat/completions", "ollama"),
        ("https://api.together.xyz/v1/chat/completions", "openai"),
        ("https://api.fireworks.ai/inference/v1/chat/completions", "openai"),
        ("https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/chat/completions", "openai"),
    ],
)
def test_what_comes_with_the_library_knows(url: str, name: str) -> None:
    assert dialect_of(url).name == name


@pytest.mark.parametrize(
    ("model", "rung"),
    [("anthropic/claude-haiku-4.5", Rung.PREFILL), ("openai/gpt-5", None), (None, None)],
)
def test_at_a_router_the_model_decides(model: str | None, rung: Rung | None) -> None:
    dialect = dialect_of("https://openrouter.ai/api/v1/chat/completions", model)

    assert dialect.rung_for(model) is rung


def test_the_callers_own_profile_wins() -> None:
    profile = Profile(base_url="api.deepseek.com", dialect="vllm")

    found = packaged().after([profile], {}).dialect_of("https://api.deepseek.com/chat/completions")

    assert found.name == "vllm"


def test_the_first_of_several_wins() -> None:
    profiles = (Profile(base_url="gpu", dialect="sglang"), Profile(base_url="gpu", dialect="vllm"))

    assert packaged().after(profiles, {}).dialect_of(HOUSE).name == "sglang"


@pytest.mark.parametrize(
    ("profile", "fits"),
    [
        (Profile(base_url="^http://gpu-7:8000/v1/$", dialect="vllm"), True),
        (Profile(base_url="http://gpu-7:8000/v1", dialect="vllm"), True),
        (Profile(base_url="gpu-8", dialect="vllm"), False),
        (Profile(base_url="chat/completions", dialect="vllm"), False),
        (Profile(model="^LLAMA", dialect="vllm"), True),
        (Profile(model="^lama", dialect="vllm"), False),
        (Profile(base_url="gpu-7", model="qwen", dialect="vllm"), False),
        (Profile(dialect="vllm"), True),
    ],
)
def test_a_profile_fits_by_base_url_and_by_model(profile: Profile, fits: bool) -> None:
    found = packaged().after([profile], {}).dialect_of(HOUSE, "llama-4")

    assert (found.name == "vllm") is fits


def test_neither_query_nor_password_nor_upper_case_is_looked_at() -> None:
    profile = Profile(base_url="^http://gpu/v1/$", dialect="vllm")
    found = packaged().after([profile], {})

    assert found.dialect_of("http://u:gpu@GPU/V1/responses?at=http://other").name == "vllm"
    assert found.dialect_of("http://other/?http://gpu/v1/").name == "openai"


def test_a_profile_may_only_change_the_rung() -> None:
    never = Profile(base_url="groq", model="gpt-oss", rung="none")

    assert rung_at("https://api.groq.com/openai/v1/chat/completions", "gpt-oss-20b", never) is None
    assert rung_at("https://api.groq.com/openai/v1/chat/completions", "llama", never) is (
        Rung.PREFILL
    )


def test_a_rung_that_is_said_holds_for_models_that_the_dialect_does_not_name() -> None:
    url = "https://openrouter.ai/api/v1/chat/completions"
    profile = Profile(base_url="openrouter", model="^mistralai/", rung="prefill")

    assert rung_at(url, "mistralai/large", profile) is Rung.PREFILL
    assert rung_at(url, "openai/gpt-5", profile) is None


def test_a_profile_may_hold_a_dialect_of_its_own() -> None:
    house = Dialect(name="house", rung=Rung.PREFILL)

    found = packaged().after([Profile(base_url="gpu", dialect=house)], {}).dialect_of(HOUSE)

    assert found is house


def test_what_was_found_once_is_not_looked_for_again() -> None:
    found = packaged().after([Profile(base_url="gpu", dialect="vllm", rung="prefill")], {})

    assert found.dialect_of(HOUSE, "m") is found.dialect_of(HOUSE, "m")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"base_url": "(", "dialect": "vllm"}, r"profile\.base_url must be a pattern .*, got '\('"),
        ({"model": "[", "dialect": "vllm"}, r"profile\.model must be a pattern or None for any"),
        ({"model": 7, "dialect": "vllm"}, r"profile\.model must be a pattern .*, got 7"),
        ({"dialect": 7}, r"profile\.dialect must be a name, a Dialect or None, got 7"),
        ({"rung": "regenerate"}, r"profile\.rung must be one of exact_prefix, prefill, none, or"),
        ({"base_url": "x"}, r"a profile must say a dialect or a rung, got neither"),
    ],
)
def test_a_profile_that_cannot_work_is_refused(members: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        Profile(**members)  # type: ignore[arg-type]


def test_a_profile_with_a_dialect_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match=r"got 'vlm'; did you mean 'vllm'\?"):
        own(Profile(dialect="vlm"))


FILE = """
[dialects.house]
rung = "exact_prefix"
mark = { prefix = true }
path = ['/v1/chat/completions', "/beta/chat/completions"]

[[profiles]]
base_url = "gpu-7"
model = "llama"
dialect = "house"

[[profiles]]
model = "gpt-oss"
rung = "none"
"""


def test_a_file_holds_dialects_and_profiles() -> None:
    profiles, dialects = read_profiles(FILE, "house.toml")

    assert profiles == (
        Profile(base_url="gpu-7", model="llama", dialect="house"),
        Profile(model="gpt-oss", rung="none"),
    )
    found = packaged().after(profiles, dialects).dialect_of(HOUSE, "llama-4")
    assert found.mark == {"prefix": True}
    assert found.continuation_url(HOUSE) == "http://gpu-7:8000/beta/chat/completions"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", r"house\.toml must be a TOML file"),
        ("[[profile]]", r"house\.toml has 'profile'.*did you mean 'profiles'\?"),
        ("[profiles]", r"house\.toml: profiles must be a list, got"),
        (
            '[[profiles]]\ndialect="vllm"\n[[profiles]]\nmodell="x"',
            r"house\.toml, profile 2 has 'modell'.*did you mean 'model'\?",
        ),
        (
            "[dialects.x]\nzzz=1",
            r"house\.toml, dialects\.x has 'zzz', which means nothing there; it may be one of rung",
        ),
        ("[dialects]\nx=1", r"house\.toml, dialects\.x must be a table, got 1"),
        ("[dialects.x]\nechoes=1", r"dialects\.x: echoes must be true or false, got 1"),
        ('[dialects.x]\nrung="exact"', r"dialects\.x: 'exact' is not a valid Rung"),
        ('[dialects.x]\nrung="regenerate"', r"dialects\.x: dialect\.rung must be exact_prefix"),
        ('[dialects.x]\npath=["a"]', r"dialects\.x: not enough values"),
        ('[dialects.x]\nmodels="("', r"dialects\.x: dialect x needs a valid pattern, got '\('"),
        ('[[profiles]]\nmodel="("\nrung="none"', r"profile 1: profile\.model must be a pattern"),
        ("profiles=[1]", r"profile 1 must be a table, got 1"),
    ],
)
def test_a_file_that_says_what_means_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_profiles(text, "house.toml")


def test_importing_the_library_reads_no_file() -> None:
    code = (
        "import sys, steadystream; from steadystream.protocol.dialects import packaged;"
        "print(packaged.cache_info().misses)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603

    assert told.stdout == "0\n"
