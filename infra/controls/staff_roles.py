"""Roles for people: who may place a hold, who may release one, who may look at evidence, who runs the operation.

Everybody enters a role with a second factor. The rights of each are one managed policy, which the council may attach to
its own roles or permission sets as well. Nobody can place and release; break-glass is in `infra.stores.hold_store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.parts.access.permissions import ANY_HELD_OBJECT, KEY_USES_OF_TABLES
from infra.parts.access.role_policy import RolePolicy
from steward.evidence.packs import FOLDER as PACKS
from steward.names import (
    AGENDA_INDEX,
    APPLICATION_RECORDED,
    DISCLOSURE_REPORTS,
    FORMS,
    INTAKE,
    READS,
    RIGHTS_REPORTS,
    RIGHTS_SOURCE,
)

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.decisions import Decisions
    from infra.controls.rights.everything import PeoplesRights
    from infra.parts.functions import StewardFunction
    from infra.stores.records.applications import ApplicationStore
    from infra.stores.rights import RightsStore

ENTERING = {
    "Bool": {"aws:MultiFactorAuthPresent": "true"},
    "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
}
"""With a second factor, under one's own name: a session that has no user name, such as another role's, cannot enter.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
"""

SIGN_IN = "https://signin.aws.amazon.com/saml"
"""For whom an assertion has to be made out (IAM user guide, "SAML:aud")."""

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
        compare: StewardFunction,
        write: StewardFunction,
        rights: PeoplesRights | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self._redrive = redrive
        self._compare = compare
        self._write = write
        self._decisions = decisions
        self._complaints_officer()
        decisions.admit(self._role("ReleaseOfficer", "Asks for the release of a hold, which somebody else decides"))
        decisions.admit(self._role("ReleaseApprover", "Decides about a release that somebody else asked for"))
        self._information_officer(rights)
        self._data_protection_officer()
        self._access_auditor()
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
        reports = [one for one in RIGHTS_REPORTS if one not in (*DISCLOSURE_REPORTS, APPLICATION_RECORDED)]
        self._may_send(officer, "TellOfRequests", reports, RIGHTS_SOURCE)
        self._hand_in(officer, store, INTAKE)
        self._see_requests(officer, store, ["register", "requests"])
        approver = self._role("RightsApprover", "Decides about a package that others put together")
        self._decisions.admit(approver)
        self._see_requests(approver, store, ["packages", "register"])
        approver.allow("UseStoresKey", ["kms:Decrypt"], [store.key.key_arn], conditions=self._through("s3"))
        discloser = self._role("DisclosureOfficer", "Deals with requests of others for records; proposes what goes out")
        self._decisions.admit(discloser)
        rights.packages.admit(discloser)
        self._may_send(discloser, "TellOfDisclosures", list(DISCLOSURE_REPORTS), RIGHTS_SOURCE)
        self._hand_in(discloser, store, FORMS)
        self._see_register(discloser, store)
        self._use_registers_key(discloser)
        if self._controls.stores.applications:
            self._applications_officer(self._controls.stores.applications)

    def _applications_officer(self, store: ApplicationStore) -> None:
        """Let those who deal with applications store and read them: no other person may."""
        officer = self._role("ApplicationsOfficer", "Stores and reads applications, and says when each was received")
        self._may_send(officer, "TellOfApplications", [APPLICATION_RECORDED], RIGHTS_SOURCE)
        officer.allow(
            "StoreAndReadApplications",
            ["s3:GetObject", "s3:PutObject"],
            [store.bucket.arn_for_objects("*")],
            because="applications are named by the council",
        )
        officer.allow(
            "UseStoresKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [store.key.key_arn],
            conditions=self._through("s3"),
        )

    def _hand_in(self, officer: RolePolicy, store: RightsStore, folder: str) -> None:
        """Let them hand in identifiers, or forms, each in a folder of their own.

        S3 asks for reading with the key too when a form goes up in parts.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html ("Multipart upload API and permissions")
        """
        officer.allow(
            "HandInIdentifiers",
            ["s3:PutObject"],
            [store.bucket.arn_for_objects(f"{folder}*")],
            because="requests are named by the council",
        )
        officer.allow(
            "UseStoresKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [store.key.key_arn],
            conditions=self._through("s3"),
        )

    def _see_requests(self, rights: RolePolicy, store: RightsStore, folders: list[str]) -> None:
        """Let them see the register of requests, and of the store what their part in a request needs."""
        self._see_register(rights, store)
        # Without it S3 answers "denied" where the answer is "not there", as for a contact that no register knows.
        rights.allow("SeeWhetherItIsThere", ["s3:ListBucket"], [store.bucket.bucket_arn])
        rights.allow(
            "SeeWhatTheirPartNeeds",
            ["s3:GetObject"],
            [store.bucket.arn_for_objects(f"{one}/*") for one in folders],
            because="requests are named by the council",
        )
        self._use_registers_key(rights)

    def _see_register(self, rights: RolePolicy, store: RightsStore) -> None:
        """Let them see the rows of requests and disclosures: references, keys, dates, digests, and no content."""
        rights.allow(
            "SeeRequests", ["dynamodb:Query"], [store.table.table_arn, f"{store.table.table_arn}/index/{AGENDA_INDEX}"]
        )
        rights.allow("FindTheRegister", ["cloudformation:ListStackResources"], [self._controls.stores.stack_id])

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
        self._read_statements(rights)
        self._may_compare(rights)
        self._decisions.admit(rights)
        rights.allow("ReadTheRegister", ["dynamodb:GetItem", "dynamodb:Query"], [stores.register.table_arn])
        self._use_registers_key(rights)
        if stores.rights:
            # Whoever decides about a disclosure looks at what is proposed first.
            self._see_register(rights, stores.rights)

    def _access_auditor(self) -> None:
        """Let them see the reports of who read what, which name people, and nothing of what was read."""
        store = self._controls.stores.rights
        if self._controls.stores.read_trail is None or store is None:
            return
        rights = self._role("AccessAuditor", "Looks at the reports of who read what for which request")
        rights.allow(
            "SeeReports",
            ["s3:GetObject"],
            [store.bucket.arn_for_objects(f"{READS}*")],
            because="the reports of who read what are named by their day",
        )
        rights.allow("UseStoresKey", ["kms:Decrypt"], [store.key.key_arn], conditions=self._through("s3"))

    def _read_statements(self, rights: RolePolicy) -> None:
        """Let them read statements and their exceptions, compare the key that signed, and have a pack signed.

        The key itself is the function's alone: it signs digests of packs in an envelope of its own making.
        """
        stores = self._controls.stores
        bucket = stores.evidence.bucket
        rights.allow("FindStatements", ["s3:ListBucket"], [bucket.bucket_arn])
        rights.allow(
            "ReadStatements",
            ["s3:GetObject"],
            [bucket.arn_for_objects(f"{folder}/*") for folder in ("exceptions", PACKS, "register", "statements")],
            because="statements are named by their month and their digest, packs by theirs",
        )
        key = stores.keys.operations.key_arn
        rights.allow("DecryptStatements", ["kms:Decrypt"], [key], conditions=self._through("s3"))
        rights.allow("CompareTheStatementKey", ["kms:GetPublicKey"], [stores.keys.statements.key_arn])
        rights.allow("HavePacksSigned", ["lambda:InvokeFunction"], [self._write.function.function_arn])

    def _platform_engineer(self) -> None:
        """Let an engineer bring back what failed and stop disposal, without a look at any record or message."""
        rights = self._role("PlatformEngineer", "Brings back what failed and switches disposal; sees no record")
        rights.allow("SeeWhatFailedAndPutItBack", ["lambda:InvokeFunction"], [self._redrive.function.function_arn])
        self._may_compare(rights)
        rights.allow(
            "SwitchDisposal",
            ["ssm:GetParameter", "ssm:PutParameter"],
            [self._controls.stores.disposal_switch.parameter_arn],
        )

    def _may_compare(self, rights: RolePolicy) -> None:
        """Let them see what is live in another way than it was written: settings, and no record."""
        rights.allow("SeeWhatDiffers", ["lambda:InvokeFunction"], [self._compare.function.function_arn])

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
            assumed_by=self._whoever_enters(),
        )
        return RolePolicy(self, f"{name}Rights", role=role, description=does)

    def _whoever_enters(self) -> iam.PrincipalBase:
        """Let users of the account in, and those whom the council's identity provider vouches for, if it has one.

        A session by SAML bears the name that the provider gives it, and carries no second factor that AWS can see: the
        provider has to ask for it (IAM user guide, "Configure SAML assertions for the authentication response").
        """
        users = iam.AccountRootPrincipal().with_conditions(ENTERING)
        provider = self._controls.deployment.environment.saml_provider_arn
        if provider is None:
            return users
        signed_in = iam.FederatedPrincipal(provider, {"StringEquals": {"SAML:aud": SIGN_IN}}, "sts:AssumeRoleWithSAML")
        return iam.CompositePrincipal(users, signed_in)

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
