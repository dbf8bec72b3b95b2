from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from deployment import account_in_use
from deployment.account_in_use import deploy
from deployment.command_line import CommandLine, DeploymentError
from infra.refusal import RefusalError

OWN = "111122223333"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, ...]]]:
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(account_in_use, "install", lambda: ("cdk",))
    monkeypatch.setattr(CommandLine, "talk", lambda _, *arguments: given.append(arguments))
    with mock_aws():
        yield given


def test_every_stack_of_the_named_environment_is_deployed(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OWN)
    deploy("local")
    assert commands == [("deploy", "--all", "--context", "environment=local")]


def test_an_environment_has_to_be_named(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(DeploymentError, match="make deploy ENVIRONMENT=name"):
        deploy("")
    assert commands == []


def test_an_unknown_environment_is_refused_by_name(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(RefusalError, match="there is no environment `live`"):
        deploy("live")
    assert commands == []


def test_without_credentials_nothing_is_started(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boto3.Session.get_credentials", lambda _: None)
    with pytest.raises(DeploymentError, match=r"^there are no AWS credentials"):
        deploy("local")
    assert commands == []


def test_credentials_for_another_account_are_refused_with_both_numbers(commands: list[tuple[str, ...]]) -> None:
    with pytest.raises(DeploymentError, match=f"account 123456789012; the environment local is in {OWN}$"):
        deploy("local")
    assert commands == []
