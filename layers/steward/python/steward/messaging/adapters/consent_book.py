"""The book of consents in DynamoDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from steward.aws.errors import translated
from steward.aws.rows import Row, stamp, values
from steward.clock import Clock
from steward.failures import PreconditionFailed
from steward.messaging.adapters.rows import (
    epoch,
    in_force,
    let_back_in_item,
    opt_out_item,
    opt_out_key,
    transact,
)
from steward.messaging.ports import ConsentRecord, Decision, IfOptedOut, OptOutCause, Recorded
from steward.names import PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_EVIDENCE, _IN_FORCE, _OPT_OUT = range(3)
_ABSENT: Final = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class DynamoConsentBook:
    """Keeps each decision in a row that is never written again, and points to the one in force. Raises ``AwsError``."""

    client: DynamoDBClient
    table: str
    clock: Clock

    def record(self, evidence: ConsentRecord, if_opted_out: IfOptedOut = IfOptedOut.REPORT) -> Recorded:
        """Keep a decision; see ``ConsentBook.record``. One call, and a second in rare cases."""
        unmet = transact(self.client, [*self._decision(evidence), *self._opt_out(evidence, if_opted_out)], self.clock)
        if unmet is None:
            return Recorded.NOW
        if _OPT_OUT in unmet:
            lately = unmet[_OPT_OUT].get("cause") == OptOutCause.LET_BACK_IN
            return Recorded.LET_BACK_IN if lately else Recorded.OPTED_OUT
        eligibility = unmet.get(_IN_FORCE, {})
        if eligibility.get("at", "") > stamp(evidence.at):
            self._keep_only(evidence)
            return Recorded.NOW
        if if_opted_out not in {IfOptedOut.REPORT, IfOptedOut.LEAVE}:
            transact(self.client, self._opt_out(evidence, if_opted_out), self.clock)
        return Recorded.BEFORE

    def _decision(self, evidence: ConsentRecord) -> list[TransactWriteItemTypeDef]:
        pointer = {
            PARTITION_KEY: evidence.number_hash,
            SORT_KEY: in_force(evidence.purpose),
            "decision": evidence.decision,
            "at": evidence.at,
            "wording_version": evidence.wording_version,
            "contact_id": evidence.contact_id,
            "expires_at": evidence.expires_at,
        }
        earlier = (
            f"{_ABSENT} OR expires_at <= :now OR (#at <= :at AND NOT "
            "(contact_id = :contact AND #decision = :decision AND wording_version = :version))"
        )
        return [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": _evidence_item(evidence),
                    "ConditionExpression": _ABSENT,
                }
            },
            {
                "Put": {
                    "TableName": self.table,
                    "Item": values(pointer),
                    "ConditionExpression": earlier,
                    "ExpressionAttributeNames": {"#at": "at", "#decision": "decision"},
                    "ExpressionAttributeValues": values(
                        {
                            ":now": epoch(evidence.at),
                            ":at": evidence.at,
                            ":contact": evidence.contact_id,
                            ":decision": evidence.decision,
                            ":version": evidence.wording_version,
                        }
                    ),
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
        ]

    def _opt_out(self, evidence: ConsentRecord, if_opted_out: IfOptedOut) -> list[TransactWriteItemTypeDef]:
        key = opt_out_key(evidence.number_hash)
        if evidence.decision is Decision.WITHDRAWN:
            return [
                {
                    "Put": {
                        "TableName": self.table,
                        "Item": opt_out_item(
                            evidence.number_hash, OptOutCause.WITHDRAWAL, evidence.at, evidence.expires_at
                        ),
                    }
                }
            ]
        if if_opted_out is IfOptedOut.REPORT:
            return [
                {
                    "ConditionCheck": {
                        "TableName": self.table,
                        "Key": key,
                        "ConditionExpression": f"{_ABSENT} OR expires_at <= :now",
                        "ExpressionAttributeValues": values({":now": epoch(evidence.at)}),
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                }
            ]
        if if_opted_out is IfOptedOut.CLEAR:
            return [{"Delete": {"TableName": self.table, "Key": key}}]
        number_hash, at = evidence.number_hash, evidence.at
        if if_opted_out is IfOptedOut.LET_IN:
            return [{"Put": {"TableName": self.table, "Item": let_back_in_item(number_hash, at)}}]
        if if_opted_out is IfOptedOut.KEEP:
            kept = opt_out_item(number_hash, OptOutCause.SERVICE, at, evidence.expires_at)
            return [{"Put": {"TableName": self.table, "Item": kept}}]
        return []

    def _keep_only(self, evidence: ConsentRecord) -> None:
        """Keep evidence of a decision that a later one has overtaken."""
        try:
            with translated("dynamodb.PutItem"):
                self.client.put_item(TableName=self.table, Item=_evidence_item(evidence), ConditionExpression=_ABSENT)
        except PreconditionFailed:
            return


def _evidence_item(evidence: ConsentRecord) -> Row:
    at = stamp(evidence.at)
    return values(
        {
            PARTITION_KEY: evidence.number_hash,
            SORT_KEY: f"decision#{evidence.purpose}#{at}#{evidence.id}",
            "purpose": evidence.purpose,
            "decision": evidence.decision,
            "wording_version": evidence.wording_version,
            "wording_sha256": evidence.wording_sha256,
            "language": evidence.language,
            "how": evidence.how,
            "number_source": evidence.number_source,
            "by": evidence.by,
            "contact_id": evidence.contact_id,
            "policy_version": evidence.policy_version,
            "at": at,
            "expires_at": evidence.expires_at,
        }
    )
