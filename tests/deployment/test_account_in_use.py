from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from cli.doctor.findings import note, stop
from deployment import account_in_use
from deployment.account_in_use import NotBegunError, deploy
from deployment.command_line import CommandLine, DeploymentError
from infra.config import ROOT

OWN = "111122223333"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, ...]]]:
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(account_in_use, "install", lambda: ("cdk",))
    monkeypatch.setattr(account_in_use, "examined", lambda _: [])
    monkeypatch.setattr(CommandLine, "talk", lambda _, *arguments: given.append(arguments))
    with mock_aws():
        yield given


def test_every_stack_of_the_named_environment_is_deployed(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OWN)
    deploy("local")
    chosen = ("--context", "environment=local", "--output", str(ROOT / "cdk.out"))
    assert commands == [("deploy", "--all", *chosen)]


def test_options_of_the_command_line_are_passed_on(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OWN)
    deploy("local", "--require-approval", "never")
    assert commands[0][-2:] == ("--require-approval", "never")


def test_a_stop_of_doctors_comes_before_anything_is_changed_and_a_note_does_not_stop(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OWN)
    monkeypatch.setattr(account_in_use, "examined", lambda _: [note("texts", "a limit"), stop("storage", "taken", "x")])
    with pytest.raises(DeploymentError, match="1 of doctor's lines say STOP; nothing was changed"):
        deploy("local")
    assert commands == []
    assert "STOP: storage: taken -> x" in capsys.readouterr().out
    monkeypatch.setattr(account_in_use, "examined", lambda _: [note("texts", "a limit")])
    deploy("local")
    assert len(commands) == 1


def test_an_environment_has_to_be_named(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(NotBegunError, match="name the environment: make deploy ENVIRONMENT=NAME"):
        deploy("")
    assert commands == []


def test_an_unknown_environment_is_refused_by_name(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(NotBegunError, match="there is no environment `live`"):
        deploy("live")
    assert commands == []


def test_without_credentials_nothing_is_started(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boto3.Session.get_credentials", lambda _: None)
    with pytest.raises(NotBegunError, match=r"^there are no AWS credentials"):
        deploy("local")
    assert commands == []


def test_credentials_for_another_account_are_refused_with_both_numbers(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(NotBegunError, match=f"account 123456789012; the environment local is in {OWN}$"):
        deploy("local")
    assert commands == []
