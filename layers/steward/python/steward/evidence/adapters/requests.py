"""The requests of people that are not done with, by a query of their agenda: it grows with requests, not with calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from steward.aws.queries import queried
from steward.aws.rows import read, values
from steward.failures import UnreadableRow
from steward.names import AGENDA, AGENDA_INDEX
from steward.rights.adapters.rows import REQUESTS
from steward.rights.requests import SubjectRequest


@dataclass(frozen=True)
class AgendaOfRequests:
    """The index ``agenda`` of the table of rights. It may lag behind its table by moments."""

    table: str

    def unfinished(self) -> Iterator[SubjectRequest | None]:
        """Return each request's own row, without what was found for it; none for one that cannot be read."""
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda",
            ExpressionAttributeValues=values({":agenda": REQUESTS}),
        )
        for row in found:
            try:
                yield read(row, SubjectRequest)
            except UnreadableRow:
                yield None
