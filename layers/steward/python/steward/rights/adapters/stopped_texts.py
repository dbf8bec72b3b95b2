"""The numbers to which no text goes, as rows of the consents table: a set of the requests for which that is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import values
from steward.clock import Clock
from steward.failures import PreconditionFailed
from steward.holds.references import folded
from steward.ids import CaseRef, NumberHash
from steward.messaging.adapters.rows import NOT_RESTRICTED, RESTRICTED_FOR, restriction_key
from steward.names import EXPIRES_AT
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class DynamoStoppedTexts:
    """The consents table; an empty name is of a policy that sends no texts. Every call raises ``AwsError``."""

    table: str
    clock: Clock

    def stop(self, number: NumberHash, request: RequestId) -> None:
        """Let no text go to a number for that request."""
        if self.table:
            self._update(number, f"ADD {RESTRICTED_FOR} :request REMOVE {EXPIRES_AT}", _named(request))

    def free(self, number: NumberHash, request: RequestId) -> None:
        """Let texts go again as far as that request is concerned; a row for no request any more runs out.

        DynamoDB takes the attribute away with a set's last member (developer guide, "Update expressions", DELETE).
        """
        if not self.table:
            return
        if RESTRICTED_FOR in self._update(number, f"DELETE {RESTRICTED_FOR} :request", _named(request)):
            return
        now = values({":now": int(self.clock.now().timestamp())})
        try:
            self._update(number, f"SET {EXPIRES_AT} = :now", now, ConditionExpression=NOT_RESTRICTED)
        except PreconditionFailed:
            # Another request stopped texts to it meanwhile.
            return

    def _update(self, number: NumberHash, expression: str, given: dict[str, Any], **more: str) -> dict[str, Any]:
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            answer = dynamodb.update_item(
                TableName=self.table,
                Key=restriction_key(number),
                UpdateExpression=expression,
                ExpressionAttributeValues=given,
                ReturnValues="ALL_NEW",
                **more,
            )
        found: dict[str, Any] = answer.get("Attributes", {})
        return found


def _named(request: RequestId) -> dict[str, Any]:
    return {":request": {"SS": [folded(CaseRef(request))]}}
