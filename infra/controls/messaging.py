"""Messaging: consent and texts for contact flows, and what became of each text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.parts.access.permissions import KEY_USES_OF_TABLES
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from infra.refusal import RefusalError
from infra.sms.names import SmsNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.controls.context import Controls
    from infra.stores.registers.messaging import MessagingStores
    from steward.policy.messaging import Messaging

CALL_TIMEOUT = cdk.Duration.seconds(7)
"""A contact flow waits for eight seconds."""

STATUS_TIMEOUT = cdk.Duration.seconds(30)
STATUS_CONCURRENCY = 2


class MessagingControls(Construct):
    """``record_consent`` and ``send_sms`` for flows, ``record_sms_status`` behind its queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        stores: MessagingStores,
        messaging: Messaging,
    ) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self._stores = stores
        self._sender = self._sender_arn(controls.deployment.environment.origination_identity)
        self._names = SmsNames.of(controls.deployment)
        self.record_consent = self._function(
            "RecordConsent",
            "record_consent",
            "Records what a caller decided about text messages",
            {
                "CONSENTS_TABLE": stores.consents.table_name,
                "NUMBER_KEY_ID": stores.number_key.key_id,
                "OPT_OUT_LIST": self._names.opt_out_list,
            },
        )
        self._grant_rows(self.record_consent, consents=["ConditionCheckItem", "DeleteItem", "PutItem"])
        self._grant_hashing(self.record_consent)
        self.record_consent.allow(
            "LetNumbersBackIn",
            ["sms-voice:DeleteOptedOutNumber"],
            [self._names.opt_out_list_arn],
        )
        self.send_sms = self._function(
            "SendSms",
            "send_sms",
            "Sends one text to somebody who asked for it",
            {
                **self._tables(),
                "NUMBER_KEY_ID": stores.number_key.key_id,
                "ORIGINATION_IDENTITY": self._sender,
                "CONFIGURATION_SET": self._names.configuration_set,
                "OPT_OUT_LIST": self._names.opt_out_list,
            },
        )
        self._grant_rows(
            self.send_sms, consents=["ConditionCheckItem", "GetItem", "PutItem"], messages=["PutItem", "UpdateItem"]
        )
        self._grant_hashing(self.send_sms)
        self.send_sms.allow(
            "SendTexts", ["sms-voice:SendTextMessage"], [self._sender, self._names.configuration_set_arn]
        )
        self.send_sms.allow(
            "LetNumbersBackIn",
            ["sms-voice:DeleteOptedOutNumber", "sms-voice:DescribeOptedOutNumbers"],
            [self._names.opt_out_list_arn],
        )
        self._status_path()
        self._alarms(messaging)

    def _tables(self) -> dict[str, str]:
        return {
            "CONSENTS_TABLE": self._stores.consents.table_name,
            "MESSAGES_TABLE": self._stores.messages.table_name,
        }

    def _sender_arn(self, identity: str | None) -> str:
        """Return the ARN of the configured sender, which is registered by hand (docs/text-messages.md)."""
        environment = self._controls.deployment.environment
        where = f"arn:aws:sms-voice:{environment.region}:{environment.account}"
        if identity is None or not identity.startswith((f"{where}:", "phone-", "pool-")):
            raise RefusalError(
                f"environment `{self._controls.deployment.name}`: origination_identity: the policy sends text messages,"
                f" so this has to be the sender: an ARN that starts with {where}, or the id of a phone number or pool"
            )
        if identity.startswith("arn:"):
            return identity
        return f"{where}:{'phone-number' if identity.startswith('phone-') else 'pool'}/{identity}"

    def _function(
        self, construct_id: str, folder: str, description: str, environment: Mapping[str, str]
    ) -> StewardFunction:
        return StewardFunction(
            self,
            construct_id,
            runtime=self._controls.runtime,
            folder=folder,
            description=description,
            environment=environment,
            timeout=CALL_TIMEOUT,
            # More memory is more processor, and a caller waits in silence while this starts.
            memory_mb=1024,
        )

    def _status_path(self) -> StewardFunction:
        queue = WorkQueue(
            self,
            "SmsStatuses",
            alarms=self._controls.alarms,
            timeout=STATUS_TIMEOUT,
            holds="delivery events of texts",
        )
        function = StewardFunction(
            self,
            "RecordSmsStatus",
            runtime=self._controls.runtime,
            folder="record_sms_status",
            description="Writes what became of texts into the message log",
            environment=self._tables(),
            timeout=STATUS_TIMEOUT,
        )
        self._grant_rows(function, consents=["ConditionCheckItem", "DeleteItem", "PutItem"], messages=["UpdateItem"])
        function.allow("FindMessages", ["dynamodb:Query"], [f"{self._stores.messages.table_arn}/index/by_message_id"])
        queue.feed(function, batch_size=10, max_concurrency=STATUS_CONCURRENCY)
        events.Rule(
            self,
            "SmsStatusRule",
            description="The SMS service says what became of a text",
            event_pattern=events.EventPattern(
                source=["aws.sms-voice"], detail_type=["Text Message Delivery Status Updated"]
            ),
            targets=[targets.SqsQueue(queue.queue, dead_letter_queue=self._controls.undelivered.queue)],
        )
        return function

    def _grant_rows(self, function: StewardFunction, *, consents: Iterable[str], messages: Iterable[str] = ()) -> None:
        function.allow("UseConsents", _on_rows(consents), [self._stores.consents.table_arn])
        if messages:
            function.allow("UseMessages", _on_rows(messages), [self._stores.messages.table_arn])
        function.allow(
            "UseTablesKey",
            list(KEY_USES_OF_TABLES),
            [self._controls.stores.keys.operations.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Stack.of(self).region}.amazonaws.com"}},
        )

    def _grant_hashing(self, function: StewardFunction) -> None:
        function.allow("HashNumbers", ["kms:GenerateMac"], [self._stores.number_key.key_arn])

    def _alarms(self, messaging: Messaging) -> None:
        self._controls.alarms.add(
            self,
            "SmsSpend",
            metric=cloudwatch.Metric(
                namespace="AWS/SMSVoice",
                metric_name="TextMessageMonthlySpend",
                period=cdk.Duration.hours(1),
                statistic="Maximum",
            ),
            threshold=messaging.monthly_spend_alarm_usd,
            says=f"text messages cost more than {messaging.monthly_spend_alarm_usd} US dollars this month",
        )
        for function, metric, says in (
            ("send_sms", "OutcomeUnknown", "it is not known whether a text was sent"),
            ("send_sms", "OutcomeNotWritten", "a text's outcome could not be written into the message log"),
            ("send_sms", "TextNotTried", "texts cannot be sent, because a table or key cannot be reached"),
            ("send_sms", "TextNotSent", "the SMS service refuses to send"),
            ("send_sms", "OptOutNotLookedUp", "a STOP cannot be compared with a consent, so texts are held back"),
            ("record_consent", "ConsentNotRecorded", "consents cannot be recorded"),
        ):
            self._controls.alarms.add(
                self,
                metric,
                metric=self._controls.alarms.counted(function, metric),
                threshold=1,
                says=says,
            )


def _on_rows(actions: Iterable[str]) -> list[str]:
    return [f"dynamodb:{action}" for action in actions]
