"""What messaging keeps: consents, the message log, and the key that hashes numbers."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.stores.access.denials import nobody_breaks
from infra.stores.registers.table import RetainedTable
from steward.names import MESSAGE_ID, MESSAGE_INDEX, NUMBER_HASH, NUMBER_INDEX

WRITERS = ("record_consent", "record_sms_status", "send_sms")
"""The functions that write consents and the message log."""

BLANKING = "erase_person"
"""Takes what is personal out of rows of the message log. Decisions about texts stay as they are."""


STOPPING = "find_person"
"""Notes for which requests of people no text goes to a number."""


class MessagingStores(Construct):
    """Deployed only if the policy has a section `messaging`."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, key: kms.IKey, deployer: str) -> None:
        super().__init__(scope, construct_id)
        self.consents = RetainedTable(self, "Consents", key=key)
        self.consents.written_by(role_of_function(prefix, folder) for folder in (*WRITERS, STOPPING))
        self.messages = RetainedTable(self, "Messages", key=key)
        self.messages.written_by(role_of_function(prefix, folder) for folder in (*WRITERS, BLANKING))
        self.messages.add_global_secondary_index(
            index_name=MESSAGE_INDEX,
            partition_key=dynamodb.Attribute(name=MESSAGE_ID, type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.messages.add_global_secondary_index(
            index_name=NUMBER_INDEX,
            partition_key=dynamodb.Attribute(name=NUMBER_HASH, type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.number_key = kms.Key(
            self,
            "NumberKey",
            description="steward: hashes telephone numbers, so that no table holds one",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=RETAINED,
        )
        nobody_breaks(self.number_key, deployer)
