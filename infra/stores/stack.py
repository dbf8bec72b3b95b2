"""The stateful stack."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm

from infra.existing import kept_statements
from infra.parts.acceptance import accept
from infra.parts.naming import NamedStack
from infra.parts.removal import RETAINED
from infra.parts.topics import topic
from infra.stores.access.changing_roles import ChangingRoles
from infra.stores.access.denials import nobody_weakens, only_s3_writes_and_nobody_removes
from infra.stores.access.keys import Keys
from infra.stores.bucket import RetainedBucket
from infra.stores.bus import OwnBus
from infra.stores.changes import ConfigurationChanges
from infra.stores.erasures import ErasureLedger
from infra.stores.evidence import EvidenceStore, Inventories
from infra.stores.hold_store import HoldStore
from infra.stores.notices import ObjectNotices
from infra.stores.records.applications import ApplicationStore
from infra.stores.records.classes import CONNECT_RESOURCE_TYPES, camel
from infra.stores.records.contact_records import ContactRecords
from infra.stores.records.record_store import RecordStore
from infra.stores.registers.decisions import DecisionBook
from infra.stores.registers.holds import Register
from infra.stores.registers.messaging import MessagingStores
from infra.stores.registers.payments import PaymentRegister
from infra.stores.rights import RightsStore
from infra.stores.trail import ReadTrail
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.policy.checking.kept import PUBLISHED_AS
from steward.retention.months import lifecycle_days
from steward.rights.erasure.tombstones import comes_back_for

if TYPE_CHECKING:
    from constructs import Construct

    from infra.config import Deployment
    from steward.policy.checking.kept import Kept
    from steward.policy.model import Policy

ACCESS_LOG_DAYS = 400
"""Thirteen months: who listened to a recording can be answered for longer than most recordings live."""


class StoresStack(NamedStack):
    """Everything that keeps data. What it made stays when it goes, and once it is protected it does not go."""

    def __init__(self, scope: Construct, *, deployment: Deployment, policy: Policy, kept: Kept) -> None:
        environment = deployment.environment
        super().__init__(
            scope,
            f"{deployment.prefix}-stores",
            description=f"steward: what {policy.council.name} keeps of its contacts, and for how long",
            env=cdk.Environment(account=environment.account, region=environment.region),
            termination_protection=environment.protected,
        )
        self.deployment = deployment
        self.roles = ChangingRoles.of(deployment.prefix)
        self.deployer = environment.deployer
        self.keys = Keys(self, "keys", prefix=deployment.prefix, deployer=environment.deployer)
        self.access_logs = self._access_logs()
        self.notices = ObjectNotices(
            self, "notices", adopted=[one.name for one in environment.existing_buckets.values()]
        )
        self._associations: list[connect.CfnInstanceStorageConfig] = []
        self.records: dict[RecordClass, RecordStore] = {}
        for record_class in S3_RECORD_CLASSES:
            if record_class not in policy.storage.not_kept:
                self.records[record_class] = self._record_store(record_class, policy)
        self.contact_records: ContactRecords | None = None
        if RecordClass.CONTACT_RECORD in self.records:
            own_key = environment.contact_record_key_arn
            streamed = environment.existing_associations.get(RecordClass.CONTACT_RECORD)
            self.contact_records = ContactRecords(
                self,
                "ContactRecords",
                instance_arn=environment.instance_arn,
                store=self.records[RecordClass.CONTACT_RECORD],
                stream_key=kms.Key.from_key_arn(self, "RecordingsKey", own_key) if own_key else self.keys.records,
                logs_key=self.keys.operations,
                role_name=self.roles.deliver_contact_records,
                streams_to=streamed.stream_arn if streamed and streamed.stage == "import" else None,
            )
            if not (streamed and streamed.stage == "import"):
                self._associations.append(self.contact_records.association)
        self._one_after_another()
        self.holds = HoldStore(
            self,
            "LegalHold",
            key=self.keys.held,
            access_logs=self.access_logs,
            roles=self.roles,
            deployer=self.deployer,
            notices=self.notices,
        )
        self.register = Register(self, "RegisterTable", prefix=deployment.prefix, key=self.keys.operations)
        self.decisions = DecisionBook(self, "Decisions", prefix=deployment.prefix, key=self.keys.operations)
        self.payment_register = (
            PaymentRegister(self, "PaymentRegister", prefix=deployment.prefix, key=self.keys.operations)
            if policy.payments
            else None
        )
        self.messaging = (
            MessagingStores(
                self, "messaging", prefix=deployment.prefix, key=self.keys.operations, deployer=self.deployer
            )
            if policy.messaging
            else None
        )
        self.rights = (
            RightsStore(
                self,
                "Rights",
                prefix=deployment.prefix,
                access_logs=self.access_logs,
                operations_key=self.keys.operations,
                deployer=self.deployer,
                statements_days=max(lifecycle_days(one) for one in policy.retention.values()),
            )
            if policy.subject_rights
            else None
        )
        self.erasures = (
            ErasureLedger(
                self,
                "Erasures",
                prefix=deployment.prefix,
                key=self.keys.operations,
                access_logs=self.access_logs,
                deployer=self.deployer,
                kept_for=cdk.Duration.days(comes_back_for(policy.retention.values()).days),
            )
            if policy.subject_rights
            else None
        )
        period = policy.retention.get(RecordClass.APPLICATION_INFORMATION)
        self.applications = (
            ApplicationStore(
                self,
                "Applications",
                period=period,
                prefix=deployment.prefix,
                access_logs=self.access_logs,
                deployer=self.deployer,
                case_system=environment.case_system_principal,
            )
            if period and policy.subject_rights
            else None
        )
        self.read_trail = (
            ReadTrail(
                self,
                "ReadTrail",
                name=f"{deployment.prefix}-reads",
                of=[self.holds.bucket, self.rights.bucket],
                deployer=self.deployer,
            )
            if environment.read_trail and policy.access and self.rights
            else None
        )
        self.evidence = EvidenceStore(
            self,
            "Evidence",
            prefix=deployment.prefix,
            key=self.keys.operations,
            access_logs=self.access_logs,
            deployer=self.deployer,
        )
        self.inventories = Inventories(
            self,
            "Inventories",
            prefix=deployment.prefix,
            key=self.keys.operations,
            access_logs=self.access_logs,
            deployer=self.deployer,
        )
        self.inventories.of([self.holds.bucket, *self.counted.values()])
        own_bus = OwnBus(
            self,
            "own-bus",
            prefix=deployment.prefix,
            case_system=environment.case_system_principal,
            guide=environment.request_guide,
        )
        self.bus = own_bus.bus
        self.complaints_topic = self._topic("ComplaintsTopic", "Complaints team", environment.complaints_email)
        self.data_protection_topic = self._topic(
            "DataProtectionTopic", "Data protection officer", environment.data_protection_email
        )
        self.information_topic = self._topic("InformationTopic", "Information team", environment.information_email)
        self.supervisors_topic = self._topic("SupervisorsTopic", "Supervisors", environment.supervisors_email)
        self.disposal_switch = ssm.StringParameter(
            self,
            "DisposalSwitch",
            parameter_name=f"/{deployment.prefix}/disposal-switch",
            description="Whether jobs that delete may: mode on, dry_run or off, and the most that one run may delete",
            string_value='{"mode":"on","limit":1000}',
        )
        self.disposal_switch.apply_removal_policy(RETAINED)
        # After every key: it names them.
        self.changes = ConfigurationChanges(
            self,
            "changes",
            prefix=deployment.prefix,
            instance_arn=environment.instance_arn,
            deployer=self.deployer,
            adopted=[one.name for one in environment.existing_buckets.values()],
        )
        # The next deployment is compared with it before anything is kept for a shorter time.
        cdk.CfnOutput(self, PUBLISHED_AS, value=kept.published(), description="What this deployment keeps, in months")

    @property
    def counted(self) -> dict[RecordClass, s3.Bucket]:
        """The buckets of records that are counted: all but those that an import takes over as they are."""
        found = {name: store.bucket for name, store in self.records.items() if name not in self.adopted}
        if self.applications:
            found[RecordClass.APPLICATION_INFORMATION] = self.applications.bucket
        return found

    @property
    def buckets(self) -> list[s3.Bucket]:
        """Every bucket of this stack, records or not."""
        return [one for one in self.node.find_all() if isinstance(one, s3.Bucket)]

    @property
    def adopted(self) -> dict[RecordClass, s3.Bucket]:
        """The buckets that an import takes over as they are."""
        existing = self.deployment.environment.existing_buckets
        imported = {name for name, one in existing.items() if one.stage == "import"}
        return {name: store.bucket for name, store in self.records.items() if name in imported}

    def _record_store(self, record_class: RecordClass, policy: Policy) -> RecordStore:
        environment = self.deployment.environment
        existing = environment.existing_buckets.get(record_class)
        key: kms.IKey = self.keys.records
        if existing and existing.key_arn:
            key = kms.Key.from_key_arn(self, f"{camel(record_class.value)}Key", existing.key_arn)
        uploads = record_class is RecordClass.ATTACHMENT and environment.access_url
        store = RecordStore(
            self,
            camel(record_class.value),
            record_class=record_class,
            period=policy.retention[record_class],
            key=key,
            access_logs=self.access_logs,
            existing=existing,
            kept_statements=kept_statements(existing, self.deployment.folder) if existing else (),
            moved=environment.existing_associations.get(record_class),
            uploads_from=[environment.access_url] if uploads and environment.access_url else [],
            notices=None if record_class is RecordClass.CONTACT_RECORD else self.notices,
        )
        store.deny(self.roles, self.deployer)
        if record_class in CONNECT_RESOURCE_TYPES:
            association = store.associate(environment.instance_arn)
            if not store.imports_association:
                self._associations.append(association)
        return store

    def _one_after_another(self) -> None:
        """Associate one store after the other: in parallel Connect throttles, and each edits the same service role.

        What is imported depends on nothing: the others are not there yet.

        https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html (API throttling)
        """
        for before, after in itertools.pairwise(self._associations):
            after.add_resource_dependency(before)

    def _access_logs(self) -> s3.Bucket:
        """Return the bucket of server access logs; S3 delivers them only to a bucket with S3's own encryption."""
        bucket = RetainedBucket(
            self,
            "AccessLogs",
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="access-log-period",
                    expiration=cdk.Duration.days(ACCESS_LOG_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True),
            ],
        )
        nobody_weakens(bucket, self.deployer)
        only_s3_writes_and_nobody_removes(bucket)
        accept(
            bucket,
            "S3 delivers server access logs only to a bucket with its own encryption (SSE-S3)",
            "NIST.800.53.R5-S3DefaultEncryptionKMS",
            "PCI.DSS.321-S3DefaultEncryptionKMS",
        )
        return bucket

    def _topic(self, construct_id: str, display_name: str, email: str | None) -> sns.Topic:
        return topic(self, construct_id, display_name=display_name, key=self.keys.operations, email=email)
