"""One insider, one role, one act: each is refused by the deployed policies, whatever else the role is allowed.

Each attacker is given every right that a role's own policy could give; what refuses them then is a denial, or AWS's
rule that a function, a key or a role has to be opened by what it is itself.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudformation.resource import Resource
from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need
from steward.names import RESTRICTED_NUMBERS
from tests.end_to_end.permissions.forbidden import (
    BREAKING,
    COVERING,
    REMOVING,
    SAFE,
    SECURE,
    WEAKENING,
    WRITING,
    role,
    with_right_to_everything,
)

STAFF = (
    "administrator",
    "local-steward-platform-engineer",
    "local-steward-break-glass",
    "local-steward-release-officer",
    "local-steward-release-approver",
    "local-steward-data-protection-officer",
    "local-steward-complaints-officer",
    "local-steward-information-officer",
    "local-steward-rights-approver",
    "local-steward-disclosure-officer",
)
Deployed = tuple[DeployedPolicies, dict[str, str]]


@pytest.fixture(scope="module")
def made(assembly: Path) -> tuple[DeployedPolicies, list[Resource]]:
    with embedded_aws(assembly, datetime(2027, 1, 1, tzinfo=UTC)) as world:
        return world.permissions.policies, world.resources


@pytest.fixture(scope="module")
def deployed(made: tuple[DeployedPolicies, list[Resource]]) -> tuple[DeployedPolicies, dict[str, str]]:
    policies, resources = made
    return policies, {one.declaration.logical_id: _arn(one) for one in resources}


@pytest.fixture(scope="module")
def kinds(made: tuple[DeployedPolicies, list[Resource]]) -> dict[str, list[str]]:
    """What there is of each kind, so that a store or a queue that is new is attacked too."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in made[1]:
        found[one.declaration.type.removeprefix("AWS::")].append(_arn(one))
    return found


def _refused(deployed: Deployed, attacker: str, action: str, resource: str) -> bool:
    policies, _ = deployed
    able = with_right_to_everything(policies, attacker)
    return not decide(Need(role(policies, attacker), action, resource, SECURE), able).allowed


def _arn(resource: Resource) -> str:
    return str(resource.identity.attributes.get("Arn", resource.identity.ref))


def test_whoever_is_a_role_for_people_is_among_the_attackers(made: tuple[DeployedPolicies, list[Resource]]) -> None:
    for_people = {
        str(one.declaration.properties["RoleName"])
        for one in made[1]
        if one.declaration.type == "AWS::IAM::Role"
        and "Service" not in str(one.declaration.properties["AssumeRolePolicyDocument"])
    }
    assert for_people == set(STAFF) - {"administrator"}


@pytest.mark.parametrize("attacker", STAFF)
def test_no_person_writes_a_message_into_a_queue(
    deployed: Deployed, kinds: dict[str, list[str]], attacker: str
) -> None:
    assert len(kinds["SQS::Queue"]) > 25
    for queue in kinds["SQS::Queue"]:
        assert _refused(deployed, attacker, "sqs:SendMessage", queue), queue


@pytest.mark.parametrize("attacker", STAFF)
@pytest.mark.parametrize("action", WRITING)
def test_no_person_writes_a_row(deployed: Deployed, kinds: dict[str, list[str]], attacker: str, action: str) -> None:
    assert len(kinds["DynamoDB::Table"]) > 5
    for table in kinds["DynamoDB::Table"]:
        assert _refused(deployed, attacker, f"dynamodb:{action}", table), table


@pytest.mark.parametrize("attacker", STAFF)
def test_no_person_removes_anything_from_a_bucket(
    deployed: Deployed, kinds: dict[str, list[str]], attacker: str
) -> None:
    assert len(kinds["S3::Bucket"]) > 8
    for bucket in kinds["S3::Bucket"]:
        for action in REMOVING:
            assert _refused(deployed, attacker, f"s3:{action}", f"{bucket}/x.wav"), (bucket, action)


@pytest.mark.parametrize("attacker", STAFF)
def test_no_person_covers_anything_but_what_concerns_a_request(
    deployed: Deployed, kinds: dict[str, list[str]], attacker: str
) -> None:
    """The store of rights takes intakes and forms of people, and nothing in it is evidence."""
    rights = deployed[1]["RightsBucket"]
    for bucket in kinds["S3::Bucket"]:
        for action in COVERING:
            assert bucket == rights or _refused(deployed, attacker, f"s3:{action}", f"{bucket}/x.wav"), bucket


@pytest.mark.parametrize(
    "function", ["local-steward-decide", "local-steward-release-hold", "local-steward-remove-card-data"]
)
@pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem"])
def test_no_function_changes_a_decision(
    deployed: tuple[DeployedPolicies, dict[str, str]], function: str, action: str
) -> None:
    policies, arns = deployed
    able = with_right_to_everything(policies, function)
    assert not decide(Need(role(policies, function), f"dynamodb:{action}", arns["Decisions"]), able).allowed


@pytest.mark.parametrize("function", ["local-steward-release-hold", "local-steward-remove-card-data"])
def test_a_function_that_acts_on_a_decision_cannot_write_it(
    deployed: tuple[DeployedPolicies, dict[str, str]], function: str
) -> None:
    policies, arns = deployed
    able = with_right_to_everything(policies, function)
    need = Need(role(policies, function), "dynamodb:PutItem", arns["Decisions"])
    assert not decide(need, able).allowed


def test_whoever_looks_for_a_person_stops_texts_and_changes_no_row_that_proves_a_consent(deployed: Deployed) -> None:
    """Amazon DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control"."""
    policies, arns = deployed
    [consents] = {arn for name, arn in arns.items() if "Consents" in name and ":table/" in arn}

    def may(action: str, key: str) -> bool:
        about = (("dynamodb:leadingkeys", key), *SAFE)
        return decide(Need(role(policies, "local-steward-find-person"), action, consents, about), policies).allowed

    number = "0f" * 32
    assert may("dynamodb:UpdateItem", f"{RESTRICTED_NUMBERS}{number}")
    assert not may("dynamodb:UpdateItem", number)
    assert not any(may(f"dynamodb:{one}", f"{RESTRICTED_NUMBERS}{number}") for one in WRITING if one != "UpdateItem")


@pytest.mark.parametrize("attacker", STAFF)
@pytest.mark.parametrize("source", ["steward.complaints", "steward.rights", "aws.connect", "somebody.else"])
def test_no_person_asks_for_a_release_on_the_bus(
    deployed: tuple[DeployedPolicies, dict[str, str]], attacker: str, source: str
) -> None:
    policies, arns = deployed
    able = with_right_to_everything(policies, attacker)
    about = (("events:source", source), ("events:detail-type", "Hold Released"))
    assert not decide(Need(role(policies, attacker), "events:PutEvents", arns["Bus"], about), able).allowed


@pytest.mark.parametrize(
    "attacker", ["release-officer", "release-approver", "information-officer", "data-protection-officer"]
)
def test_nobody_hands_the_function_a_context_of_their_own(
    deployed: tuple[DeployedPolicies, dict[str, str]], attacker: str
) -> None:
    policies, arns = deployed
    caller, function = role(policies, f"local-steward-{attacker}"), arns["DecideFunction"]
    assert not decide(Need(caller, "lambda:InvokeFunction", function), policies).allowed
    through = (("lambda:invokedviafunctionurl", "true"),)
    assert decide(Need(caller, "lambda:InvokeFunction", function, through), policies).allowed


@pytest.mark.parametrize("name", ["release-officer", "release-approver", "complaints-officer", "platform-engineer"])
@pytest.mark.parametrize(
    ("user", "session", "allowed"),
    [
        ("user/ann", "ann", True),
        ("user/ann", "ben", False),
        ("role/local-steward-release-officer", "ann", False),
        ("role/anything", "ben", False),
    ],
)
def test_a_session_bears_its_users_own_name_and_no_role_enters_another(
    deployed: tuple[DeployedPolicies, dict[str, str]], name: str, user: str, session: str, *, allowed: bool
) -> None:
    policies, _ = deployed
    context = [("aws:multifactorauthpresent", "true"), ("sts:rolesessionname", session)]
    if user.startswith("user/"):
        context.append(("aws:username", user.removeprefix("user/")))
    entered = role(policies, f"local-steward-{name}")
    need = Need(f"arn:aws:iam::{policies.account}:{user}", "sts:AssumeRole", entered, tuple(context))
    assert decide(need, policies).allowed is allowed


DEPLOYER = "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2"
LOOK_ALIKES = (
    "cdk-other-cfn-exec-role-111122223333-eu-west-2",
    "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1",
    "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2-mine",
    f"teams/{DEPLOYER}",
)
RECORDS = ("CallRecordingBucket", "ScreenRecordingBucket", "ChatTranscriptBucket", "AttachmentBucket")


@pytest.mark.parametrize("attacker", [*STAFF, DEPLOYER, "local-steward-place-hold", "local-steward-release-hold"])
@pytest.mark.parametrize("bucket", RECORDS)
def test_nobody_covers_an_original_but_connect(deployed: Deployed, attacker: str, bucket: str) -> None:
    assert _refused(deployed, attacker, "s3:PutObject", f"{deployed[1][bucket]}/x.wav")


def test_connect_writes_its_records_and_firehose_those_of_contacts(deployed: Deployed) -> None:
    connect = "aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x"
    delivery = "local-steward-deliver-contact-records"
    for bucket in RECORDS:
        assert not _refused(deployed, connect, "s3:PutObject", f"{deployed[1][bucket]}/x.wav")
    assert not _refused(deployed, delivery, "s3:PutObject", f"{deployed[1]['ContactRecordBucket']}/x.json.gz")


@pytest.mark.parametrize("attacker", [*STAFF, DEPLOYER, "local-steward-release-hold", "local-steward-maintain-holds"])
def test_nobody_covers_a_held_copy_but_the_function_that_holds(deployed: Deployed, attacker: str) -> None:
    assert _refused(deployed, attacker, "s3:PutObject", f"{deployed[1]['LegalHoldBucket']}/a/b.wav")


@pytest.mark.parametrize("attacker", [one for one in STAFF if one != "local-steward-break-glass"])
@pytest.mark.parametrize("bucket", [*RECORDS, "LegalHoldBucket"])
@pytest.mark.parametrize("action", ["s3:PutObjectLegalHold", "s3:PutObjectRetention"])
def test_no_person_sets_or_lifts_a_hold_by_hand(deployed: Deployed, attacker: str, bucket: str, action: str) -> None:
    assert _refused(deployed, attacker, action, f"{deployed[1][bucket]}/x.wav")


@pytest.mark.parametrize("attacker", [*STAFF, *LOOK_ALIKES])
def test_only_the_very_role_that_deploys_changes_a_store(
    deployed: Deployed, kinds: dict[str, list[str]], attacker: str
) -> None:
    for bucket in kinds["S3::Bucket"]:
        for action in WEAKENING:
            assert _refused(deployed, attacker, f"s3:{action}", bucket), (bucket, action)
            assert not _refused(deployed, DEPLOYER, f"s3:{action}", bucket), (bucket, action)


@pytest.mark.parametrize("attacker", [*STAFF, DEPLOYER, "local-steward-place-hold"])
@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"])
def test_nobody_touches_the_access_logs(deployed: Deployed, attacker: str, action: str) -> None:
    assert _refused(deployed, attacker, action, f"{deployed[1]['AccessLogs']}/call_recording/log")


@pytest.mark.parametrize("attacker", [*STAFF, *LOOK_ALIKES])
def test_only_the_very_role_that_deploys_breaks_or_lends_a_key(
    deployed: Deployed, kinds: dict[str, list[str]], attacker: str
) -> None:
    assert len(kinds["KMS::Key"]) > 5
    for key in kinds["KMS::Key"]:
        for action in BREAKING:
            assert _refused(deployed, attacker, f"kms:{action}", key), (key, action)
            assert not _refused(deployed, DEPLOYER, f"kms:{action}", key), (key, action)


@pytest.mark.parametrize("attacker", [*STAFF, DEPLOYER, "local-steward-release-hold", "local-steward-decide"])
@pytest.mark.parametrize(
    ("key", "signer"), [("SigningKey", "place-hold"), ("StatementKey", "write-statement")], ids=["holds", "statements"]
)
def test_nobody_signs_but_the_function_whose_key_it_is(
    deployed: Deployed, attacker: str, key: str, signer: str
) -> None:
    assert _refused(deployed, attacker, "kms:Sign", deployed[1][key])
    assert not _refused(deployed, f"local-steward-{signer}", "kms:Sign", deployed[1][key])
