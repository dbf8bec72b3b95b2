"""Payments: the pause that a flow asks for, and the guard that watches over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.parts.access.permissions import KEY_USES_OF_TABLES
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.names import PAUSED_TAG

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.stores.registers.payments import PaymentRegister

PAUSE_TIMEOUT = cdk.Duration.seconds(7)
"""More than the time it gives itself (`steward.payments.asking.PATIENCE`), less than the flow's eight seconds and than
`steward.payments.control.LONGEST_RUN`.
"""

GUARD_TIMEOUT = cdk.Duration.seconds(60)
GUARD_CONCURRENCY = 2

EVENT_TYPES = ["INITIATED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]

CALL_IDS = "ids of contacts are not known beforehand"


class PaymentControls(Construct):
    """``control_recording`` for flows and guides, and ``guard_payments`` behind its queue."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, register: PaymentRegister) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self._register = register
        self.messages = WorkQueue(
            self, "PausedCalls", alarms=controls.alarms, timeout=GUARD_TIMEOUT, holds="looks at a paused call"
        )
        self.control_recording = StewardFunction(
            self,
            "ControlRecording",
            runtime=controls.runtime,
            folder="control_recording",
            description="Pauses and resumes recording while a payment is taken",
            environment=self._settings(),
            timeout=PAUSE_TIMEOUT,
            # More memory is more processor, and a caller waits in silence while this starts.
            memory_mb=1024,
        )
        self._grant_control(self.control_recording)
        self.control_recording.allow("WatchOverPauses", ["sqs:SendMessage"], [self.messages.queue.queue_arn])
        self.guard = StewardFunction(
            self,
            "GuardPayments",
            runtime=controls.runtime,
            folder="guard_payments",
            description="Follows paused calls through transfers, closes what ended, tells of what was forgotten",
            environment={**self._settings(), "SUPERVISORS_TOPIC_ARN": controls.stores.supervisors_topic.topic_arn},
            timeout=GUARD_TIMEOUT,
            failed_runs=controls.failed_runs.queue,
        )
        self._grant_control(self.guard)
        self.guard.go_on("WatchOverPauses", self.messages.queue)
        self._grant_notices()
        self.guard.allow(
            "FindTransfers",
            ["connect:ListAssociatedContacts"],
            [
                controls.deployment.environment.instance_arn,
                f"{controls.deployment.environment.instance_arn}/contact/*",
            ],
            because=CALL_IDS,
        )
        self.guard.allow("SweepOpenPauses", ["dynamodb:Query"], [f"{register.table_arn}/index/open"])
        self.messages.feed(self.guard, batch_size=5, max_concurrency=GUARD_CONCURRENCY)
        events.Rule(
            self,
            "PausedContactsRule",
            description="A contact that was paused for a payment, or one it was transferred to, began or ended",
            event_pattern=events.EventPattern(
                source=["aws.connect"],
                detail_type=["Amazon Connect Contact Event"],
                # Of this instance alone, which Connect names there in whatever case it writes the rest.
                resources=[controls.deployment.environment.instance_arn],
                detail={
                    "$or": [
                        {"eventType": EVENT_TYPES, "tags": {PAUSED_TAG: ["paused"]}},
                        {"EventType": EVENT_TYPES, "Tags": {PAUSED_TAG: ["paused"]}},
                    ]
                },
            ),
            targets=[targets.SqsQueue(self.messages.queue, dead_letter_queue=controls.undelivered.queue)],
        )
        controls.daily(self, "GuardPaymentsDaily", self.guard, at="04:15")
        self._alarm("PaymentPauseOverdue", "a payment pause is open for longer than the policy's limit")
        self._alarm("PaymentPauseUnknown", "what came of a payment pause is not known")
        self._alarm("PaymentPauseNotFollowed", "a call transferred during a payment may be recording")

    def _settings(self) -> dict[str, str]:
        return {
            "INSTANCE_ARN": self._controls.deployment.environment.instance_arn,
            "PAYMENT_QUEUE_URL": self.messages.queue.queue_url,
            "PAYMENT_REGISTER_TABLE": self._register.table_name,
        }

    def _grant_control(self, function: StewardFunction) -> None:
        """Both suspend and resume: the guard takes back what it suspended while somebody resumed the call."""
        function.allow(
            "ControlRecording",
            [
                "connect:DescribeContact",
                "connect:ResumeContactRecording",
                "connect:SuspendContactRecording",
                "connect:TagContact",
                "connect:UntagContact",
            ],
            [f"{self._controls.deployment.environment.instance_arn}/contact/*"],
            because=CALL_IDS,
        )
        function.allow("UsePaymentRegister", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._register.table_arn])
        self._grant_key(
            function,
            "UsePaymentRegistersKey",
            "dynamodb",
            list(KEY_USES_OF_TABLES),
        )

    def _grant_notices(self) -> None:
        topic = self._controls.stores.supervisors_topic
        self.guard.allow("TellSupervisors", ["sns:Publish"], [topic.topic_arn])
        self._grant_key(self.guard, "EncryptNotices", "sns", ["kms:Decrypt", "kms:GenerateDataKey"])

    def _grant_key(self, function: StewardFunction, sid: str, service: str, actions: list[str]) -> None:
        function.allow(
            sid,
            actions,
            [self._controls.stores.keys.operations.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"{service}.{cdk.Stack.of(self).region}.amazonaws.com"}},
        )

    def _alarm(self, metric: str, says: str) -> None:
        self._controls.alarms.add(
            self,
            metric,
            metric=self._controls.alarms.counted("guard_payments", metric),
            threshold=1,
            says=says,
        )
