"""A shorter period has a brake: it is compared with what is deployed, and what would go at once is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cli.doctor.checks.keeping import shorter
from cli.doctor.expected import Plan, read_plan
from infra.config import ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from steward.policy.checking.kept import Kept
from steward.policy.load import kept_by, load_policy
from tests.cli.doctor.healthy import CannedAccount, refused

BARNET = ROOT / "policies" / "barnet.toml"
STACK = "local-steward-stores"
HOLDS_LONGER = "call_recording is kept for 9 months now, and the policy says 6; "


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(cached_synthesis(BARNET), choose(cdk_context(), "local"), load_policy(BARNET))


def deployed(plan: Plan, *, version: str = "2026-10", digest: str = "another", **months: int) -> dict[str, Any]:
    """Return a stack that publishes other months than the plan's."""
    before = Kept(version=version, digest=digest, months={**plan.kept.months, **months})
    return stack(before.published())


def stack(published: str | None) -> dict[str, Any]:
    outputs = [{"OutputKey": "Keeps", "OutputValue": published}] if published is not None else []
    one = {"StackName": STACK, "CreationTime": datetime(2026, 1, 1, tzinfo=UTC), "StackStatus": "CREATE_COMPLETE"}
    return {"Stacks": [{**one, "Outputs": outputs}]}


BUCKET = {
    "StackResourceSummaries": [
        {
            "LogicalResourceId": "CallRecordingBucket",
            "PhysicalResourceId": "recordings",
            "ResourceType": "AWS::S3::Bucket",
            "LastUpdatedTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
            "ResourceStatus": "CREATE_COMPLETE",
        }
    ]
}


def objects(*days: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"Contents": [{"Key": str(age), "LastModified": now - timedelta(days=age)} for age in days]}


def say(plan: Plan, answer: object, **changes: object) -> list[str]:
    answers = {"cloudformation.ListStackResources": BUCKET, "s3.ListObjectsV2": objects(1, 183, 185, 270), **changes}
    account = CannedAccount(**{"cloudformation.DescribeStacks": answer, **answers})
    return [str(line) for line in shorter(account, plan)]


def test_a_deployment_publishes_what_it_keeps(plan: Plan) -> None:
    assert plan.kept == kept_by(BARNET)
    assert plan.kept.months == {
        "call_recording": 6,
        "screen_recording": 6,
        "chat_transcript": 6,
        "email_message": 6,
        "attachment": 6,
        "evaluation": 6,
        "contact_record": 24,
        "sms_log": 6,
        "consent_evidence": 24,
        "complaint": 18,
        "legal_claim": 72,
        "threat_to_staff": 24,
        "subject_access": 6,
    }


def test_the_same_policy_and_a_longer_period_are_fine(plan: Plan) -> None:
    fine = f"fine: periods: nothing is kept for a shorter time than under {plan.kept.version}"
    assert say(plan, stack(plan.kept.published())) == [fine]
    assert say(plan, deployed(plan, call_recording=3)) == [
        "fine: periods: nothing is kept for a shorter time than under 2026-10"
    ]


def test_a_shorter_period_is_a_stop_with_the_number_of_objects_that_go_at_once(plan: Plan) -> None:
    assert say(plan, deployed(plan, call_recording=9)) == [
        (
            f"STOP: periods: {HOLDS_LONGER}2 objects go at once, for good"
            ' -> acknowledge_shortening = ["call_recording: 9 to 6"] at the top of the policy, if it is meant'
        )
    ]
    [one] = say(plan, deployed(plan, call_recording=9), **{"s3.ListObjectsV2": objects(1, 200)})
    assert "; 1 object goes at once, for good" in one


def test_it_is_a_note_once_the_policy_acknowledges_exactly_that(plan: Plan) -> None:
    for words, begins in (("call_recording: 9 to 6", "note"), ("call_recording: 12 to 6", "STOP")):
        policy = msgspec.structs.replace(plan.policy, acknowledge_shortening=(words,))
        [line] = say(replace(plan, policy=policy), deployed(plan, call_recording=9))
        assert line.startswith(f"{begins}: periods: {HOLDS_LONGER}2 objects go at once")


def test_rows_and_held_copies_keep_the_date_that_they_have(plan: Plan) -> None:
    lines = say(plan, deployed(plan, sms_log=7, complaint=24))
    assert [line.partition(" ->")[0] for line in lines] == [
        (
            f"STOP: periods: {name} is kept for {before} months now, and the policy says {after};"
            " what is there already keeps the date that it was given"
        )
        for name, before, after in (("sms_log", 7, 6), ("complaint", 24, 18))
    ]


def test_a_class_that_is_not_kept_any_more_is_no_shortening(plan: Plan) -> None:
    assert say(plan, deployed(plan, voicemail=3)) == [
        "fine: periods: nothing is kept for a shorter time than under 2026-10"
    ]


def test_what_cannot_be_counted_is_a_stop_all_the_same(plan: Plan) -> None:
    [line] = say(plan, deployed(plan, call_recording=9), **{"s3.ListObjectsV2": refused("s3.ListObjectsV2")})
    assert line.startswith(f"STOP: periods: {HOLDS_LONGER}how many objects go at once is not known (")


def test_another_policy_under_the_same_version_is_a_stop(plan: Plan) -> None:
    assert say(plan, deployed(plan, version=plan.kept.version)) == [
        (
            f"STOP: periods: council.policy_version: is {plan.kept.version} as before, and the policy is not:"
            " give it another -> change policy_version in the policy"
        )
    ]


def test_a_stack_that_says_nothing_or_something_else_is_told(plan: Plan) -> None:
    [line] = say(plan, stack(None))
    assert line.startswith(f"note: periods: {STACK} does not say yet what it keeps")
    [line] = say(plan, stack("{}"))
    assert line == f"note: periods: {STACK} says what it keeps in words that this version does not know"


def test_a_fresh_account_keeps_nothing_yet(plan: Plan) -> None:
    account = CannedAccount()
    assert [str(line) for line in shorter(account, plan)] == [
        "fine: periods: nothing is deployed yet that could be kept for a shorter time"
    ]
