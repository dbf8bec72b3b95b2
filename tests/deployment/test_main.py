from __future__ import annotations

from pathlib import Path

import pytest

from deployment import __main__ as program
from deployment.command_line import CommandLine, DeploymentError
from deployment.emulated import local_run
from infra import ending


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["cdk"], ["locally", "local", "twice"], ["environments"]])
def test_a_wrong_argument_is_answered_with_the_usage_and_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(arguments) == 2
    assert capsys.readouterr().err == f"steward: {program.USAGE}\n"


def test_a_failure_ends_with_its_sentence_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = DeploymentError("the stack is broken")
    error.add_note("what was said before")

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(local_run, "deploy_locally", fail)
    assert program.main(["locally"]) == 1
    assert capsys.readouterr().err == "steward: what was said before\nsteward: the stack is broken\n"


def test_another_environment_than_the_one_for_trying_out_is_not_silently_replaced_by_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``make deploy-local ENVIRONMENT=live`` deployed `local`, without a word about it."""
    begun: list[str] = []
    monkeypatch.setattr(local_run, "deploy_locally", lambda _: begun.append("deployment"))
    assert program.main(["locally", "live"]) == 2
    assert "live: make deploy-local is for `local` alone" in capsys.readouterr().err
    assert program.main(["locally", "local"]) == program.main(["locally", ""]) == program.main(["locally"]) == 0
    assert begun == ["deployment"] * 3


def test_an_interruption_has_the_status_that_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local_run, "deploy_locally", interrupt)
    assert ending.program(program.main, ["locally"]) == 130


def test_the_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(program, "deploy", given.append)
    assert program.main(["environment", "live"]) == 0
    assert program.main(["environment"]) == 0
    assert given == ["live", ""]


def test_any_other_command_goes_to_the_pinned_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(program, "install", lambda: ("cdk",))
    monkeypatch.setattr(CommandLine, "talk", lambda _, *arguments: given.append(arguments))
    assert program.main(["cdk", "diff", "--fail"]) == 0
    assert given == [("diff", "--fail")]


def test_what_the_command_line_synthesizes_for_a_councils_folder_lies_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing in the checkout changes, its ``cdk.out`` neither."""
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(program, "install", lambda: ("cdk",))
    monkeypatch.setattr(CommandLine, "talk", lambda _, *arguments: given.append(arguments))
    monkeypatch.setenv("STEWARD_CONFIG", str(tmp_path))
    assert program.main(["cdk", "diff"]) == 0
    assert program.main(["cdk", "synth", "-c", "environment=live"]) == 0
    assert program.main(["cdk", "synth", "--output=here"]) == program.main(["cdk", "synth", "-o", "here"]) == 0
    assert given == [
        ("diff", "--output", f"{tmp_path}/cdk.out"),
        ("synth", "-c", "environment=live", "--output", f"{tmp_path}/cdk.out/live"),
        ("synth", "--output=here"),
        ("synth", "-o", "here"),
    ]


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["environment"], "name the environment: make deploy ENVIRONMENT=NAME"),
        (["bootstrap"], "name the environment: make bootstrap ENVIRONMENT=NAME"),
        (["environment", "nowhere"], "cdk.json: there is no environment `nowhere`"),
        (["bootstrap", "nowhere"], "cdk.json: there is no environment `nowhere`"),
    ],
)
def test_what_could_not_be_begun_is_named_with_status_2(
    arguments: list[str], missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"steward: {missing}")
