"""The deploying role's policy is made from the templates, and reaches nothing that is kept."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from deployment import execution_policy
from deployment.execution_policy import LONGEST, SHIPPED, UnknownType, main, policy, written
from infra.config import ROOT
from infra.synthesis import cached_synthesis

Statement = dict[str, Any]


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    found: list[Statement] = json.loads(SHIPPED.read_text(encoding="utf-8"))["Statement"]
    return found


def allowed(statements: list[Statement], action: str, on: str) -> bool:
    """Decide as IAM does for one policy without conditions: a denial wins, and what nothing allows is denied."""
    matching = [
        one["Effect"]
        for one in statements
        if any(fnmatchcase(action, pattern) for pattern in one["Action"])
        and any(fnmatchcase(on, pattern) for pattern in one["Resource"])
    ]
    return "Allow" in matching and "Deny" not in matching


def test_the_file_that_is_shipped_is_what_the_templates_say() -> None:
    said = "run `python -m deployment.execution_policy > deployment/execution-policy.json`"
    assert SHIPPED.read_text(encoding="utf-8") == written(), said


def test_it_fits_into_a_managed_policy() -> None:
    assert len(json.dumps(json.loads(SHIPPED.read_text(encoding="utf-8")), separators=(",", ":"))) < LONGEST


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("s3:PutBucketPolicy", "arn:aws:s3:::local-steward-stores-legalholdbucket-x"),
        ("s3:GetObject", "arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-west-2/code.zip"),
        ("lambda:CreateFunction", "arn:aws:lambda:eu-west-2:111122223333:function:local-steward-decide"),
        ("iam:CreateRole", "arn:aws:iam::111122223333:role/local-steward-decide"),
        ("sqs:SetQueueAttributes", "arn:aws:sqs:eu-west-2:111122223333:local-steward-controls-HoldRequestsQueue-x"),
        ("dynamodb:CreateTable", "arn:aws:dynamodb:eu-west-2:111122223333:table/local-steward-stores-Decisions-x"),
        ("kms:PutKeyPolicy", "arn:aws:kms:eu-west-2:111122223333:key/any"),
    ],
)
def test_it_lets_a_deployment_make_what_is_ours(statements: list[Statement], action: str, on: str) -> None:
    assert allowed(statements, action, on)


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("s3:GetObject", "arn:aws:s3:::local-steward-stores-callrecordingbucket-x/call.wav"),
        ("s3:PutObject", "arn:aws:s3:::local-steward-stores-legalholdbucket-x/call.wav"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::local-steward-stores-legalholdbucket-x/call.wav"),
        ("s3:GetObject", "arn:aws:s3:::another-bucket/x"),
        ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-2:111122223333:table/local-steward-stores-Decisions-x"),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-2:111122223333:table/local-steward-stores-RegisterTable-x"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-2:111122223333:local-steward-controls-HoldReleasesQueue-x"),
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-2:111122223333:function:local-steward-decide"),
        ("kms:Sign", "arn:aws:kms:eu-west-2:111122223333:key/any"),
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/mallory"),
        ("iam:CreateRole", "arn:aws:iam::111122223333:role/mallory"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/somebody-elses"),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-2:111122223333:function:live-steward-decide"),
        ("connect:DescribeInstance", "arn:aws:connect:eu-west-2:111122223333:instance/another"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/local-steward-break-glass"),
        ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-2:111122223333:trail/council"),
    ],
)
def test_it_reaches_nothing_that_is_kept_and_nothing_of_others(
    statements: list[Statement], action: str, on: str
) -> None:
    assert not allowed(statements, action, on)


def test_an_environment_that_keeps_a_trail_of_reads_may_make_its_own_and_touch_no_other() -> None:
    template = {"Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail"}}}
    made = policy([template], prefix="local-steward", account="111122223333", region="eu-west-2", instance="i")
    trails = "arn:aws:cloudtrail:eu-west-2:111122223333:trail/"
    for action in ("cloudtrail:CreateTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StartLogging"):
        assert allowed(made["Statement"], action, f"{trails}local-steward-reads")
        assert not allowed(made["Statement"], action, f"{trails}council")


def test_a_service_for_which_nothing_is_written_down_is_named() -> None:
    template = {"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution"}}}
    with pytest.raises(UnknownType, match="CloudFront"):
        policy([template], prefix="p", account="1", region="r", instance="i")


def test_the_policy_of_a_council_s_own_folder_comes_from_its_own_policy_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ash"
    assert run(["init", str(folder), "--council", "Ash District Council"]) == 0
    asked: list[Path] = []

    def synthesized(path: Path, _: str) -> Path:
        asked.append(path)
        return made

    made = cached_synthesis(ROOT / "policies" / "barnet.toml")
    monkeypatch.setattr(execution_policy, "cached_synthesis", synthesized)
    monkeypatch.setenv("STEWARD_CONFIG", str(folder))
    assert json.loads(written("local"))["Statement"]
    assert asked == [folder / "policy.toml"]


def test_an_environment_that_there_is_not_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("steward: cdk.json: there is no environment `nowhere`")
