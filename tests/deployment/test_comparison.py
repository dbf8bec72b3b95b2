"""The end of ``make check``: compared with an account where one is at hand, and said where not."""

from __future__ import annotations

import shutil
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from deployment import __main__ as program
from deployment import comparison
from infra.config import ROOT
from infra.synthesis import cached_synthesis
from steward.policy.checking.kept import Kept
from steward.policy.load import kept_by

BARNET = ROOT / "policies" / "barnet.toml"


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "FOLDER", tmp_path)
    shutil.copytree(cached_synthesis(BARNET), tmp_path / "local")


def deploy(before: Kept) -> None:
    template = (
        '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"Keeps": {"Value": '
        '"' + before.published().replace('"', '\\"') + '"}}}'
    )
    boto3.client("cloudformation", "eu-west-2").create_stack(StackName="local-steward-stores", TemplateBody=template)


@pytest.mark.usefixtures("checked")
def test_a_shorter_period_than_the_deployed_one_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    now = kept_by(BARNET)
    with mock_aws():
        deploy(Kept(version="2026-10", digest="other", months={**now.months, "sms_log": 9}))
        assert program.main(["compare", ""]) == 1
    assert capsys.readouterr().out.startswith("STOP: periods: sms_log is kept for 9 months now, and the policy says 6;")


@pytest.mark.usefixtures("checked")
def test_the_same_periods_say_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    with mock_aws():
        deploy(kept_by(BARNET))
        assert program.main(["compare", "local"]) == 0
    assert capsys.readouterr().out == ""


def test_without_the_account_at_hand_it_is_said_and_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mock_aws():
        assert program.main(["compare", "local"]) == 0
    said = "note: periods: not compared with what is deployed: "
    assert capsys.readouterr().out == f"{said}the credentials in use are for 123456789012\n"
    monkeypatch.setattr("boto3.Session.get_credentials", lambda _: None)
    assert program.main(["compare", "local"]) == 0
    assert capsys.readouterr().out == f"{said}no AWS credentials are at hand\n"
