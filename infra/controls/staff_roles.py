"""Roles for people: who may place a hold, who may release one, who may look at evidence, who runs the operation.

Everybody enters a role with a second factor. The rights of each are one managed policy, which the council may attach to
its own roles or permission sets as well. Nobody can place and release; break-glass is in `infra.stores.hold_store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.parts.permissions import ANY_HELD_OBJECT, KEY_USES_OF_TABLES
from infra.parts.queues import DeadLetters
from infra.parts.role_policy import RolePolicy
from steward.names import RIGHTS_REPORTS, RIGHTS_SOURCE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.decisions import Decisions
    from infra.controls.rights.everything import PeoplesRights
    from infra.parts.functions import StewardFunction

ENTERING = {
    "Bool": {"aws:MultiFactorAuthPresent": "true"},
    "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
}
"""With a second factor, under one's own name: a session that has no user name, such as another role's, cannot enter.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
"""

SOURCE = "steward.complaints"
PLACING = ["Complaint Closed", "Complaint Escalated", "Complaint Logged"]


class StaffRoles(Construct):
    """The roles, named after the environment and what the person does."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        decisions: Decisions,
        redrive: StewardFunction,
        rights: PeoplesRights | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self._redrive = redrive
        self._decisions = decisions
        self._complaints_officer()
        decisions.admit(self._role("ReleaseOfficer", "Asks for the release of a hold, which somebody else decides"))
        decisions.admit(self._role("ReleaseApprover", "Decides about a release that somebody else asked for"))
        self._information_officer(rights)
        self._data_protection_officer()
        self._platform_engineer()

    def _complaints_officer(self) -> None:
        rights = self._role("ComplaintsOfficer", "Logs, escalates and closes complaints; cannot release a hold")
        self._may_send(rights, "PlaceHolds", PLACING)
        # `steward flag --wait`: what came of each contact. The register has references, keys and dates, and no content.
        stores = self._controls.stores
        rights.allow("SeeWhatCameOfIt", ["dynamodb:Query"], [stores.register.table_arn])
        rights.allow("FindTheRegister", ["cloudformation:ListStackResources"], [stores.stack_id])
        self._use_registers_key(rights)

    def _information_officer(self, rights: PeoplesRights | None) -> None:
        """Let them open requests, match, review and hand over what somebody else approved."""
        officer = self._role("InformationOfficer", "Deals with requests of people; asks for the removal of card data")
        self._decisions.admit(officer)
        store = self._controls.stores.rights
        if rights is None or store is None:
            return
        rights.packages.admit(officer)
        self._may_send(officer, "TellOfRequests", list(RIGHTS_REPORTS), RIGHTS_SOURCE)
        officer.allow(
            "HandInIdentifiers",
            ["s3:PutObject"],
            [store.bucket.arn_for_objects("intake/*")],
            because="requests are named by the council",
        )
        officer.allow(
            "UseStoresKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [store.key.key_arn],
            conditions=self._through("s3"),
        )
        approver = self._role("RightsApprover", "Decides about a package that others put together")
        self._decisions.admit(approver)

    def _data_protection_officer(self) -> None:
        stores = self._controls.stores
        rights = self._role("DataProtectionOfficer", "Looks at held copies; decides about card data")
        bucket = stores.holds.bucket
        rights.allow("FindHeldCopies", ["s3:ListBucket", "s3:ListBucketVersions"], [bucket.bucket_arn])
        rights.allow(
            "ReadHeldCopies",
            ["s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion"],
            [bucket.arn_for_objects("*")],
            because=ANY_HELD_OBJECT,
        )
        rights.allow("DecryptHeldCopies", ["kms:Decrypt"], [stores.keys.held.key_arn], conditions=self._through("s3"))
        rights.allow("CompareTheSigningKey", ["kms:GetPublicKey"], [stores.keys.signing.key_arn])
        self._decisions.admit(rights)
        rights.allow("ReadTheRegister", ["dynamodb:GetItem", "dynamodb:Query"], [stores.register.table_arn])
        self._use_registers_key(rights)

    def _platform_engineer(self) -> None:
        """Let an engineer bring back what failed and stop disposal, without a look at any record."""
        stack = cdk.Stack.of(self)
        rights = self._role("PlatformEngineer", "Brings back what failed and switches disposal; sees no record")
        dead = [one.queue.queue_arn for one in stack.node.find_all() if isinstance(one, DeadLetters)]
        rights.allow("SeeWhatFailed", ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], dead)
        rights.allow("PutItBack", ["lambda:InvokeFunction"], [self._redrive.function.function_arn])
        rights.allow("FindQueuesByTheirNames", ["cloudformation:ListStackResources"], [stack.stack_id])
        rights.allow(
            "SwitchDisposal",
            ["ssm:GetParameter", "ssm:PutParameter"],
            [self._controls.stores.disposal_switch.parameter_arn],
        )

    def _use_registers_key(self, rights: RolePolicy) -> None:
        rights.allow(
            "UseRegistersKey",
            list(KEY_USES_OF_TABLES),
            [self._controls.stores.keys.operations.key_arn],
            conditions=self._through("dynamodb"),
        )

    def _role(self, name: str, does: str) -> RolePolicy:
        kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
        role = iam.Role(
            self,
            f"{name}Role",
            role_name=f"{self._controls.deployment.prefix}{kebab}",
            description=does,
            assumed_by=iam.AccountRootPrincipal().with_conditions(ENTERING),
        )
        return RolePolicy(self, f"{name}Rights", role=role, description=does)

    def _may_send(self, rights: RolePolicy, sid: str, detail_types: list[str], source: str = SOURCE) -> None:
        """Let them put these events on the own bus.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
        """
        rights.allow(
            sid,
            ["events:PutEvents"],
            [self._controls.stores.bus.event_bus_arn],
            conditions={"StringEquals": {"events:source": source, "events:detail-type": detail_types}},
        )
        rights.allow("SeeThatTheBusIsThere", ["events:DescribeEventBus"], [self._controls.stores.bus.event_bus_arn])

    def _through(self, service: str) -> dict[str, object]:
        return {"StringEquals": {"kms:ViaService": f"{service}.{cdk.Stack.of(self).region}.amazonaws.com"}}
