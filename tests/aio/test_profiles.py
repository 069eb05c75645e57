from __future__ import annotations

from pathlib import Path

import pytest

from steadystream import InvalidRequest, Profile, SteadyClient, SteadyStream
from steadystream.aio.profiles import profiles_of

URL = "http://gpu:8000/v1/chat/completions"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.toml"
    path.write_text('[dialects.house]\nrung = "prefill"\n[[profiles]]\ndialect = "house"\n')
    return path


def test_profiles_are_values_or_files_or_several_of_both(file: Path) -> None:
    vllm = Profile(base_url="gpu", dialect="vllm")

    assert profiles_of(None).dialect_of(URL).name == "openai"
    assert profiles_of(vllm).dialect_of(URL).name == "vllm"
    assert profiles_of(file).dialect_of(URL).name == "house"
    assert profiles_of(str(file)).dialect_of(URL).name == "house"
    assert profiles_of([vllm, file]).dialect_of(URL).name == "vllm"
    assert profiles_of((file, vllm)).dialect_of(URL).name == "house"


@pytest.mark.parametrize("given", [7, [7], [None], b"x"])
def test_something_else_is_refused(given: object) -> None:
    with pytest.raises(InvalidRequest, match="profiles must be a Profile, a path, or several"):
        profiles_of(given)  # type: ignore[arg-type]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"profiles must name a readable file, got '.*none"):
        SteadyClient("http://gpu", api_key=None, profiles=tmp_path / "none.toml")


def test_a_dialect_of_a_file_may_be_named(file: Path) -> None:
    SteadyClient("http://gpu", api_key=None, profiles=file, dialect="house")
    SteadyStream(profiles=file, dialect="house")

    with pytest.raises(InvalidRequest, match="got 'hous'; did you mean 'house'"):
        SteadyStream(profiles=file, dialect="hous")
