"""``steward doctor --teardown``: when may the hold bucket go?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.doctor.checks.teardown import when
from cli.doctor.reading import AbsentError
from cli.main import run
from tests.cli.doctor.healthy import CannedAccount, refused

AT = datetime(2026, 1, 1, tzinfo=UTC)
BUCKET = {
    "StackResourceSummaries": [
        {
            "LogicalResourceId": "LegalHoldBucket",
            "PhysicalResourceId": "held",
            "ResourceType": "AWS::S3::Bucket",
            "LastUpdatedTimestamp": AT,
            "ResourceStatus": "CREATE_COMPLETE",
        }
    ]
}


def say(until: dict[str, datetime], *, on_hold: str = "") -> list[str]:
    """Say what doctor says of a hold bucket with one copy for each letter of ``until``, locked until that moment."""

    def retention(**asked: str) -> Any:  # noqa: ANN401 - an answer or the error that the account raises
        moment = until[asked["Key"]]
        if moment == AT:
            raise AbsentError("s3.GetObjectRetention: NoSuchObjectLockConfiguration")
        return {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": moment}}

    account = CannedAccount(
        **{
            "cloudformation.ListStackResources": BUCKET,
            "s3.ListObjectVersions": {"Versions": [{"Key": key, "VersionId": "v"} for key in until]},
            "s3.GetObjectRetention": retention,
            "s3.GetObjectLegalHold": lambda **asked: {
                "LegalHold": {"Status": "ON" if asked["Key"] in on_hold else "OFF"}
            },
        }
    )
    return [str(line) for line in when(account, "local-steward")]


def test_the_last_lock_says_when_in_london() -> None:
    midnight = datetime(2028, 7, 11, 23, tzinfo=UTC)
    assert say({"a": datetime(2028, 1, 1, tzinfo=UTC), "b": midnight}) == [
        (
            "note: teardown: held: the last lock of 2 copies ends on 2028-07-12, not before"
            " -> docs/tearing-down.md, In which order"
        )
    ]


def test_what_has_no_end_is_counted_first() -> None:
    lines = say({"a": datetime(2028, 1, 1, tzinfo=UTC), "b": AT, "c": AT}, on_hold="bc")
    assert lines[0].startswith(
        "note: teardown: held may not go yet: of 3 copies, 2 have no end until the case is closed -> close the cases"
    )
    assert "the last lock of 3 copies ends on 2028-01-01" in lines[1]


def test_copies_without_a_lock_are_left_to_the_sweep() -> None:
    [line] = say({"a": AT})
    assert line.startswith("note: teardown: held: 1 copy, none of them locked; the nightly sweep disposes of them")


def test_an_empty_bucket_may_go_now() -> None:
    assert say({}) == ["fine: teardown: held is empty: it may go now"]


def test_where_nothing_is_deployed_it_is_said() -> None:
    [line] = list(when(CannedAccount(), "local-steward"))
    assert str(line).startswith("fine: teardown: there is no stack local-steward-stores")


def test_what_may_not_be_read_is_no_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    account = CannedAccount(**{"cloudformation.ListStackResources": refused("cloudformation.ListStackResources")})
    monkeypatch.setattr("cli.doctor.reading.LiveAccount", lambda *_: account)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    assert run(["doctor", "--environment", "local", "--teardown"]) == 2
    assert capsys.readouterr().out.startswith("skipped: teardown: not known: cloudformation.ListStackResources: Access")


def test_the_environments_name_is_looked_at_before_the_credentials(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("boto3.Session.get_credentials", lambda _: None)
    assert run(["doctor", "--environment", "nowhere"]) == 2
    assert "there is no environment `nowhere`" in capsys.readouterr().err
    assert run(["doctor", "--environment", "local"]) == 2
    assert "there are no AWS credentials" in capsys.readouterr().err
