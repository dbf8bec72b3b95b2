"""From a flag to a held contact: the rules, the queues and the functions behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.controls.holds.signed_flags import SignedFlags
from infra.parts.access import permissions
from infra.parts.access.roles import ServiceRole
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from infra.stores.notices import REMOVALS_TIMEOUT, TAGS_TIMEOUT
from steward.names import COMPLAINT_REFERENCE_SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.controls.context import Controls

HOLD_TIMEOUT = TAGS_TIMEOUT
CONFIRM_TIMEOUT = REMOVALS_TIMEOUT
HOLD_CONCURRENCY = 2
"""Connect allows a few contact requests a second to the whole instance; SQS allows no lower concurrency than this."""


class HoldPath(Construct):
    """All signals end in one queue, and one function works through it."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self.requests = WorkQueue(
            self,
            "HoldRequests",
            alarms=controls.alarms,
            timeout=HOLD_TIMEOUT,
            holds="requests to hold a contact",
            set_aside_by_its_function=True,
        )
        self.releases = WorkQueue(
            self, "HoldReleases", alarms=controls.alarms, timeout=HOLD_TIMEOUT, holds="releases of a hold"
        )
        notices = controls.stores.notices
        self.tagged = WorkQueue(
            self,
            "TaggedObjects",
            alarms=controls.alarms,
            timeout=HOLD_TIMEOUT,
            holds="notices of tagged recordings",
            existing=notices.tagged,
        )
        self.removals = WorkQueue(
            self,
            "RemovedCopies",
            alarms=controls.alarms,
            timeout=CONFIRM_TIMEOUT,
            holds="confirmations of a disposal",
            existing=notices.removed,
        )
        self.rechecks = self._rechecks()
        signed = controls.policy.holds.signals.signed
        self.signed_flags = SignedFlags(self, "SignedFlags", controls=controls) if signed else None
        self.place_hold = self._place()
        self._release()
        self._confirm()
        self._rules()

    def _place(self) -> StewardFunction:
        stores = self._controls.stores
        told = {
            "COMPLAINTS_TOPIC_ARN": stores.complaints_topic.topic_arn,
            "DEAD_LETTERS_URL": self.requests.dead_letters.queue.queue_url,
            "FLAG_KEY_ARN": self.signed_flags.key.key_arn if self.signed_flags else "",
            "SIGNING_KEY_ARN": stores.keys.signing.key_arn,
        }
        function = self._function(
            "PlaceHold",
            "place_hold",
            "Holds a flagged contact",
            {**self.where_contacts_are(), **self._recheck_settings(), **told},
        )
        permissions.read_contacts(function, self._controls.deployment.environment.instance_arn)
        permissions.protect_and_read_sources(function, stores)
        permissions.write_held_copies(function, stores)
        permissions.sign_manifests(function, stores)
        permissions.use_register(
            function,
            stores,
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        )
        permissions.tell_complaints_team(function, stores)
        if self.signed_flags:
            function.allow("VerifyFlags", ["kms:VerifyMac"], [self.signed_flags.key.key_arn])
        function.go_on("AskAgain", self.requests.queue)
        self.requests.let_set_aside(function)
        function.allow(
            "LookAgainLater",
            ["scheduler:CreateSchedule"],
            [f"arn:aws:scheduler:{stores.region}:{stores.account}:schedule/{self.rechecks.name}/*"],
            because="a later look has a schedule of its own, named by its contact",
        )
        function.allow(
            "LetTheSchedulerAsk",
            ["iam:PassRole"],
            [self.recheck_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )
        self.requests.feed(function, batch_size=5, max_concurrency=HOLD_CONCURRENCY)
        self.tagged.feed(function, batch_size=5, max_concurrency=HOLD_CONCURRENCY, also="Tags")
        return function

    def _release(self) -> None:
        stores = self._controls.stores
        function = self._function(
            "ReleaseHold",
            "release_hold",
            "Ends a hold that two people agreed to end",
            {
                "COMPLAINTS_TOPIC_ARN": stores.complaints_topic.topic_arn,
                "DECISIONS_TABLE": stores.decisions.table_name,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "RELEASE_QUEUE_URL": self.releases.queue.queue_url,
                **({"RIGHTS_TABLE": stores.rights.table.table_name} if stores.rights else {}),
            },
            role_name=stores.roles.release_hold,
        )
        if stores.rights:
            function.allow("SeeWhoseContactsAre", ["dynamodb:Query"], [stores.rights.table.table_arn])
        permissions.use_register(
            function, stores, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"
        )
        permissions.dispose_of_held_copies(function, stores)
        permissions.read_disposal_switch(function, stores)
        permissions.tell_complaints_team(function, stores)
        function.allow("ReadDecisions", ["dynamodb:Query"], [stores.decisions.table_arn])
        function.allow("AskForALook", ["sqs:SendMessage"], [self.requests.queue.queue_arn])
        function.go_on("ReleaseOneByOne", self.releases.queue)
        function.allow(
            "SeeWhatSomebodyExtended",
            ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=permissions.ANY_HELD_OBJECT,
        )
        function.allow(
            "ShortenLocks",
            ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=permissions.ANY_HELD_OBJECT,
        )
        self.releases.feed(function, batch_size=1, max_concurrency=HOLD_CONCURRENCY)

    def _confirm(self) -> None:
        stores = self._controls.stores
        function = StewardFunction(
            self,
            "ConfirmDisposal",
            runtime=self._controls.runtime,
            folder="confirm_disposal",
            description="Enters S3's confirmation of a disposal in the ledger",
            environment={
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "DECISIONS_TABLE": stores.decisions.table_name,
                "HOLD_QUEUE_URL": self.requests.queue.queue_url,
                "REGISTER_TABLE": stores.register.table_name,
                **({"RIGHTS_TABLE": stores.rights.table.table_name} if stores.rights else {}),
            },
            timeout=CONFIRM_TIMEOUT,
        )
        permissions.use_register(function, stores, "dynamodb:Query", "dynamodb:UpdateItem")
        function.allow("ReadDecisions", ["dynamodb:Query"], [stores.decisions.table_arn])
        if stores.rights:
            function.allow("SeeWhoseContactsAre", ["dynamodb:Query"], [stores.rights.table.table_arn])
        function.allow("SeeWhatIsThere", ["s3:ListBucketVersions"], [stores.holds.bucket.bucket_arn])
        function.allow("AskForALook", ["sqs:SendMessage"], [self.requests.queue.queue_arn])
        permissions.tell(function, stores, {"TellDataProtectionOfficer": stores.data_protection_topic})
        self.removals.feed(function, batch_size=10, max_concurrency=HOLD_CONCURRENCY)

    def settings(self) -> dict[str, str]:
        """Return the environment of every function that works on holds."""
        stores = self._controls.stores
        return {
            "HOLD_BUCKET": stores.holds.bucket.bucket_name,
            "HOLD_QUEUE_URL": self.requests.queue.queue_url,
            "REGISTER_TABLE": stores.register.table_name,
        }

    def record_buckets(self) -> str:
        """Return the names of the buckets that Connect writes into, by record class, as JSON."""
        records = self._controls.stores.records
        return cdk.Stack.of(self).to_json_string(
            {one.value: store.bucket.bucket_name for one, store in records.items()}
        )

    def where_contacts_are(self) -> dict[str, str]:
        """Return the environment of every function that looks for what Connect stored of a contact."""
        stack, stores = cdk.Stack.of(self), self._controls.stores
        return {
            "INSTANCE_ARN": self._controls.deployment.environment.instance_arn,
            "RECORD_BUCKETS": self.record_buckets(),
            "RECORD_PREFIXES": stack.to_json_string(
                {record_class.value: store.prefix for record_class, store in stores.records.items()}
            ),
        }

    def _function(
        self,
        construct_id: str,
        folder: str,
        description: str,
        extra: Mapping[str, str],
        *,
        role_name: str | None = None,
    ) -> StewardFunction:
        return StewardFunction(
            self,
            construct_id,
            runtime=self._controls.runtime,
            folder=folder,
            description=description,
            environment={**self.settings(), **extra},
            timeout=HOLD_TIMEOUT,
            memory_mb=1024,
            role_name=role_name,
        )

    def _rechecks(self) -> scheduler.CfnScheduleGroup:
        """Make what a later look at a contact needs: a group for the one-time schedules and the role they assume."""
        group = scheduler.CfnScheduleGroup(self, "Rechecks", name=f"{self._controls.deployment.prefix}-rechecks")
        self.recheck_role = ServiceRole(
            self,
            "RecheckRole",
            service="scheduler",
            description="Lets the scheduler ask for a later look at a held contact",
        )
        self.recheck_role.rights.allow("Ask", ["sqs:SendMessage"], [self.requests.queue.queue_arn])
        return group

    def _recheck_settings(self) -> dict[str, str]:
        return {
            "HOLD_QUEUE_ARN": self.requests.queue.queue_arn,
            "RECHECK_GROUP": self.rechecks.name or "",
            "RECHECK_ROLE_ARN": self.recheck_role.role_arn,
        }

    def _rules(self) -> None:
        stores = self._controls.stores
        instance_arn = self._controls.deployment.environment.instance_arn
        own_bus = stores.bus
        self._rule(
            "ComplaintEvents",
            "A complaint was logged, escalated or closed in the case-management system",
            self.requests,
            events.EventPattern(
                source=["steward.complaints"],
                detail_type=["Complaint Logged", "Complaint Escalated", "Complaint Closed"],
            ),
            bus=own_bus,
        )
        flagged = [{"exists": True}]
        self._rule(
            "ContactTags",
            "A contact carries the tag of a complaint",
            self.requests,
            events.EventPattern(
                source=["aws.connect"],
                detail_type=["Amazon Connect Contact Event"],
                # Of this instance alone, which Connect names there in whatever case it writes the rest.
                resources=[instance_arn],
                detail={
                    "$or": [
                        {field: {key: flagged}} for field in ("tags", "Tags") for key in COMPLAINT_REFERENCE_SPELLINGS
                    ]
                },
            ),
        )
        self._rule(
            "ComplaintForms",
            "Somebody submitted the Complaint form on a contact",
            self.requests,
            events.EventPattern(
                source=["aws.connect"],
                detail_type=["Contact Lens Evaluation Rules Matched"],
                detail={
                    "$or": [
                        {"instanceArn": [instance_arn]},
                        {"contactArn": [{"prefix": f"{instance_arn}/contact/"}]},
                    ]
                },
            ),
        )

    def _rule(
        self,
        construct_id: str,
        description: str,
        queue: WorkQueue,
        pattern: events.EventPattern,
        *,
        bus: events.IEventBus | None = None,
    ) -> None:
        events.Rule(
            self,
            f"{construct_id}Rule",
            description=description,
            event_bus=bus,
            event_pattern=pattern,
            targets=[targets.SqsQueue(queue.queue, dead_letter_queue=self._controls.undelivered.queue)],
        )
