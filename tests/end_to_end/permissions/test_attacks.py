"""One insider, one role, one act: each is refused by the deployed policies, whatever else the role is allowed.

Each attacker is given every right that a role's own policy could give; what refuses them then is a denial, or AWS's
rule that a function, a key or a role has to be opened by what it is itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.aws.account.start import embedded_aws
from simulator.aws.iam.deployed import DeployedPolicies
from simulator.aws.iam.evaluator import decide
from simulator.aws.iam.statements import Need
from tests.end_to_end.permissions.forbidden import role, with_right_to_everything

STAFF = (
    "administrator",
    "local-steward-platform-engineer",
    "local-steward-break-glass",
    "local-steward-release-officer",
    "local-steward-release-approver",
    "local-steward-data-protection-officer",
    "local-steward-complaints-officer",
    "local-steward-information-officer",
)
SAFE = (("aws:securetransport", "true"),)


@pytest.fixture(scope="module")
def deployed(assembly: Path) -> tuple[DeployedPolicies, dict[str, str]]:
    with embedded_aws(assembly, datetime(2027, 1, 1, tzinfo=UTC)) as world:
        arns = {
            one.declaration.logical_id: str(one.identity.attributes.get("Arn", one.identity.ref))
            for one in world.resources
        }
        return world.permissions.policies, arns


@pytest.mark.parametrize("attacker", STAFF)
@pytest.mark.parametrize(
    "queue",
    [
        "CardDataRemovalsQueue",
        "HoldReleasesQueue",
        "HoldRequestsQueue",
        "ReleaseRequestsQueue",
        "RemovedCopiesQueue",
        "TaggedObjectsQueue",
    ],
)
def test_no_person_writes_a_message_into_a_queue(
    deployed: tuple[DeployedPolicies, dict[str, str]], attacker: str, queue: str
) -> None:
    policies, arns = deployed
    able = with_right_to_everything(policies, attacker)
    assert not decide(Need(role(policies, attacker), "sqs:SendMessage", arns[queue], SAFE), able).allowed


@pytest.mark.parametrize("attacker", STAFF)
@pytest.mark.parametrize("action", ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate"])
@pytest.mark.parametrize("table", ["Decisions", "RegisterTable", "PaymentRegister", "Consents", "Messages"])
def test_no_person_writes_a_row(
    deployed: tuple[DeployedPolicies, dict[str, str]], attacker: str, action: str, table: str
) -> None:
    policies, arns = deployed
    able = with_right_to_everything(policies, attacker)
    assert not decide(Need(role(policies, attacker), f"dynamodb:{action}", arns[table]), able).allowed


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
