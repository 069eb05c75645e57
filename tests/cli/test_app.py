from __future__ import annotations

import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from fake_openai import dialects as fake_dialects
from steadystream.cli import main
from steadystream.cli.app import app
from steadystream.cli.demo.settings import MODELS, Settings, Spoken
from steadystream.protocol.dialects import DIALECTS


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "NO_COLOR": "1"})
    return result.exit_code, " ".join(result.output.split())


def test_the_version_is_that_of_the_distribution() -> None:
    assert run("--version") == (0, f"steadystream {version('steadystream')}")


def test_help_names_the_command() -> None:
    code, said = run("--help")
    assert code == 0
    assert "demo" in said
    assert "--version" in said


def test_without_arguments_there_is_help() -> None:
    assert "Usage: " in run()[1]


def test_help_of_the_demo_explains_options_and_exit_status() -> None:
    code, said = run("demo", "--help")
    assert code == 0
    for word in ("--streams", "--seed", "--report", "--dialect", "--concurrency", "--plain"):
        assert word in said
    assert "Exit status: 0 if" in said


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--streams", "0"),
        ("--streams", "many"),
        ("--concurrency", "0"),
        ("--dialect", "openai"),
        ("--idle", "0"),
        ("--report", "/nowhere/at/all.html"),
        ("--report", "/"),
    ],
)
def test_a_wrong_option_is_refused_by_name_before_anything_runs(option: str, value: str) -> None:
    code, said = run("demo", option, value)
    assert code == 2
    assert f"Invalid value for {option}" in said.replace("'", "")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_how_to_install_it(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    assert capsys.readouterr().err == (
        f"steadystream: expected {missing} for the command line, it is not installed: "
        "pip install 'steadystream[cli]'\n"
    )


@pytest.mark.parametrize("dialect", list(Spoken))
def test_a_dialect_of_the_demo_is_known_to_both_sides_and_can_go_on(dialect: Spoken) -> None:
    assert fake_dialects.find(dialect).name == dialect
    assert DIALECTS[dialect].rung_for(MODELS[dialect]) is not None


def test_the_command_of_a_report_has_all_settings() -> None:
    settings = Settings(12, 3, Spoken.KIMI, 5)
    assert settings.command == (
        "steadystream demo --seed 3 --dialect kimi --streams 12 --concurrency 5"
    )
    assert Settings(idle=2.5).command.startswith(
        "steadystream demo --seed 7 --dialect vllm --idle 2.5 --streams"
    )
    assert Settings(only=17).command == "steadystream demo --seed 7 --dialect vllm --only 17"


def test_one_stream_alone_keeps_its_number() -> None:
    assert list(Settings(only=17).numbers) == [17]
    assert list(Settings(3).numbers) == [1, 2, 3]


def test_one_stream_alone_may_be_above_the_number_of_streams() -> None:
    assert list(Settings(3, only=500).numbers) == [500]
