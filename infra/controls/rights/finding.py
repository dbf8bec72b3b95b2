"""``find_person``: a queue of looks, and one invocation for each month of exported contact records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import use_register
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.ids import RecordClass
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS, CORRECTIONS, NUMBER_INDEX, RESTRICTED_NUMBERS

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.stores.rights import RightsStore
    from infra.stores.stack import StoresStack

TIMEOUT = cdk.Duration.minutes(5)
CONCURRENCY = 5
"""A new account has ten concurrent executions for everything."""
MEMORY_MB = 1769
"""As much memory as comes with one whole core: unpacking is work for a processor.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""


class PersonSearches(Construct):
    """Finds the contacts of a person, copies their records and lets them be held."""

    def __init__(
        self, scope: Construct, construct_id: str, *, controls: Controls, rights: RightsStore, hold_path: HoldPath
    ) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        self.searches = WorkQueue(
            self, "PersonSearches", alarms=controls.alarms, timeout=TIMEOUT, holds="searches for a person's contacts"
        )
        instance_arn = controls.deployment.environment.instance_arn
        records = stores.records.get(RecordClass.CONTACT_RECORD)
        find = StewardFunction(
            self,
            "FindPerson",
            runtime=controls.runtime,
            folder="find_person",
            description="Looks for the contacts of a person who asked about their data",
            environment={
                **({"CONTACT_RECORD_BUCKET": records.bucket.bucket_name} if records else {}),
                **_registers_of(stores),
                "HOLD_QUEUE_URL": hold_path.requests.queue.queue_url,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "INSTANCE_ARN": instance_arn,
                "OWN_BUS": stores.bus.event_bus_name,
                "REGISTER_TABLE": stores.register.table_name,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
                "SEARCH_QUEUE_URL": self.searches.queue.queue_url,
            },
            timeout=TIMEOUT,
            memory_mb=MEMORY_MB,
        )
        use_register(find, stores, "dynamodb:Query")
        find.allow("UseRequests", ["dynamodb:PutItem", "dynamodb:Query"], [rights.table.table_arn])
        permissions.tell_information_team(find, stores)
        permissions.tell_other_systems(find, stores)
        find.allow(
            "LookAtChains",
            ["connect:DescribeContact", "connect:ListAssociatedContacts"],
            [instance_arn, f"{instance_arn}/contact/*"],
            because="ids of contacts are not known beforehand",
        )
        if records:
            find.allow("FindRecords", ["s3:ListBucket"], [records.bucket.bucket_arn])
            find.allow(
                "ReadRecords",
                ["s3:GetObject"],
                [records.bucket.arn_for_objects(f"{prefix}*") for prefix in (CONTACT_RECORDS, CONTACT_RECORD_ERRORS)],
                because="Firehose names the objects of a month",
            )
            find.allow("DecryptRecords", ["kms:Decrypt"], records.reading_keys)
        _read_registers(find, stores)
        permissions.find_in_store(find, rights)
        find.allow(
            "ReadIntakes",
            ["s3:GetObject"],
            [rights.bucket.arn_for_objects("intake/*")],
            because="requests are named by the council",
        )
        find.allow(
            "KeepWhatIsFound",
            ["s3:GetObject", "s3:PutObject"],
            [rights.bucket.arn_for_objects("requests/*")],
            because="requests are named by the council",
        )
        find.allow(
            "KeepStatements",
            ["s3:PutObject"],
            [rights.bucket.arn_for_objects(f"{CORRECTIONS}*")],
            because="contacts are named by Connect",
        )
        find.allow(
            "PutAttributesRight",
            ["connect:UpdateContactAttributes"],
            [f"{instance_arn}/contact/*"],
            because="ids of contacts are not known beforehand",
        )
        find.allow("UseStoresKey", ["kms:Decrypt", "kms:GenerateDataKey"], [rights.key.key_arn])
        find.allow("HoldWhatIsFound", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        find.go_on("LookOn", self.searches.queue)
        self.searches.feed(find, batch_size=1, max_concurrency=CONCURRENCY)


def _registers_of(stores: StoresStack) -> dict[str, str]:
    """Return the names of the registers that the policy has, for the function's environment."""
    names: dict[str, str] = {}
    if stores.messaging:
        names["CONSENTS_TABLE"] = stores.messaging.consents.table_name
        names["MESSAGES_TABLE"] = stores.messaging.messages.table_name
        names["NUMBER_KEY_ID"] = stores.messaging.number_key.key_id
    if stores.payment_register:
        names["PAYMENTS_TABLE"] = stores.payment_register.table_name
    return names


def _read_registers(find: StewardFunction, stores: StoresStack) -> None:
    """Let it look up a person's consents, texts and payments, by contact and by the keyed hash of a number."""
    if stores.messaging:
        messages = stores.messaging.messages.table_arn
        find.allow("FindConsents", ["dynamodb:Query"], [stores.messaging.consents.table_arn])
        find.allow("FindTexts", ["dynamodb:Query"], [messages, f"{messages}/index/{NUMBER_INDEX}"])
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html (LeadingKeys): the
        # rows of decisions, which prove a consent, stand under other keys.
        find.allow(
            "StopTexts",
            ["dynamodb:UpdateItem"],
            [stores.messaging.consents.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{RESTRICTED_NUMBERS}*"]}},
        )
        find.allow("HashNumbers", ["kms:GenerateMac"], [stores.messaging.number_key.key_arn])
    if stores.payment_register:
        find.allow("FindPayments", ["dynamodb:Query"], [stores.payment_register.table_arn])
