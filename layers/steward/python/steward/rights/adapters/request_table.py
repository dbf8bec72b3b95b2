"""The register of requests, on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.queries import queried
from steward.aws.rows import Row, read, values
from steward.failures import Contended, PreconditionFailed
from steward.ids import ContactId
from steward.names import AGENDA, AGENDA_INDEX, PARTITION_KEY, SORT_KEY
from steward.rights.adapters import rows
from steward.rights.ports import OnRecord, VersionConflict
from steward.rights.requests import Match, RequestId, SubjectRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_NEW: Final = f"attribute_not_exists({PARTITION_KEY})"

_MOST: Final = 95
"""A transaction takes at most 100 actions (Amazon DynamoDB developer guide, "Service quotas")."""


@dataclass(frozen=True)
class DynamoRequests:
    """The table of rights; ``rows`` describes what stands in it. Every call raises ``AwsError``."""

    table: str

    def find(self, request: RequestId) -> OnRecord | None:
        """Return the request, its matches and its items (consistent read)."""
        return rows.read_request(
            queried(
                self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                ExpressionAttributeValues=values({":pk": rows.partition(request)}),
                ConsistentRead=True,
            )
        )

    def match(self, request: RequestId, contact_id: ContactId) -> Match | None:
        """Return what is known of one contact of a request, if the search found it (consistent read)."""
        found = queried(
            self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk AND {SORT_KEY} = :sk",
            ExpressionAttributeValues=values({":pk": rows.partition(request), ":sk": f"{rows.MATCHES}{contact_id}"}),
            ConsistentRead=True,
        )
        return next((read(one, Match) for one in found), None)

    def save(self, before: SubjectRequest | None, after: SubjectRequest, event_id: str = "") -> SubjectRequest:
        """Store what changed, all or nothing, guarded by the request's version.

        Raises ``VersionConflict``, and ValueError where one event changes more rows than a transaction takes.
        """
        stored = replace(after, version=(before.version if before else 0) + 1)
        known_matches, known_items = (before.matches, before.items) if before else ((), ())
        changes: list[TransactWriteItemTypeDef] = [
            self._put(rows.match_row(after.id, one)) for one in after.matches if one not in known_matches
        ]
        changes += [self._put(rows.item_row(after.id, one)) for one in after.items if one not in known_items]
        if event_id:
            changes.append(self._put(rows.event_row(after.id, event_id)))
        own: dict[str, Any] = {
            "TableName": self.table,
            "Item": rows.meta_row(stored),
            "ConditionExpression": _NEW,
        }
        if before is not None:
            own["ConditionExpression"] = "#version = :before"
            own["ExpressionAttributeNames"] = {"#version": "version"}
            own["ExpressionAttributeValues"] = values({":before": before.version})
        if len(changes) > _MOST:
            raise ValueError("one event changes more rows than a transaction takes")
        try:
            with translated("dynamodb.TransactWriteItems"):
                client("dynamodb").transact_write_items(TransactItems=[{"Put": own}, *changes])  # type: ignore[typeddict-item]
        except (Contended, PreconditionFailed):
            raise VersionConflict("the request changed since it was read") from None
        return stored

    def add_match(self, request: RequestId, match: Match) -> bool:
        """Enter a contact that was found; tell whether it was not known before."""
        try:
            with translated("dynamodb.PutItem"):
                client("dynamodb").put_item(
                    TableName=self.table, Item=rows.match_row(request, match), ConditionExpression=_NEW
                )
        except PreconditionFailed:
            return False
        return True

    def unfinished(self) -> Iterator[RequestId]:
        """Return every request that is open, or closed with something left to remove.

        The index is eventually consistent: what it names is read again before anything is done.
        """
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda",
            ExpressionAttributeValues=values({":agenda": rows.REQUESTS}),
        )
        for row in found:
            yield rows.request_in(row)

    def _put(self, row: Row) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self.table, "Item": row}}
