"""What came of a flag: the register is asked about each contact until it answers, or until the patience is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cli.environments import OpenEnvironment
from steward.aws.errors import translated
from steward.holds.adapters import rows
from steward.holds.references import folded
from steward.holds.register import Hold, HoldStatus
from steward.ids import CaseRef, ContactId
from steward.names import PARTITION_KEY

BETWEEN_LOOKS = 5.0
"""Seconds."""

UNANSWERED = "no answer yet"


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of the flag for one contact; ``why`` is said of whatever is not held whole."""

    contact_id: str
    status: str
    files: int = 0
    why: str = ""

    @property
    def is_held(self) -> bool:
        """Whether everything that was to be held is."""
        return self.status == HoldStatus.HELD


@dataclass
class Register:
    """The environment's register, as the person who is signed in may read it."""

    environment: OpenEnvironment
    table: str
    sleep: Callable[[float], None] = field(default=time.sleep)
    now: Callable[[], float] = field(default=time.monotonic)

    def wait_for(self, case: str, contacts: Sequence[str], patience: float) -> Iterator[Came]:
        """Yield each contact's outcome as soon as it is known, and at the end those without one.

        Raises ``AwsError`` if the register cannot be read.
        """
        waiting, until = list(contacts), self.now() + patience
        while waiting:
            left = []
            for contact in waiting:
                came = self._look(case, contact)
                if came is None:
                    left.append(contact)
                else:
                    yield came
            waiting = left
            if waiting and self.now() >= until:
                break
            if waiting:
                self.sleep(BETWEEN_LOOKS)
        told = "the complaints team is told if it was refused"
        yield from (Came(contact_id=contact, status=UNANSWERED, why=told) for contact in waiting)

    def _look(self, case: str, contact: str) -> Came | None:
        dynamodb = self.environment.client("dynamodb")
        contact_id = ContactId(contact)
        with translated("dynamodb.Query"):
            pages = dynamodb.get_paginator("query").paginate(
                TableName=self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                ExpressionAttributeValues=rows.partition_of(contact_id),
                ConsistentRead=True,
            )
            found = [row for page in pages for row in page["Items"]]
        file = rows.read_file(contact_id, found)
        hold = next((one for one in file.holds if folded(one.case) == folded(CaseRef(case))), None)
        if hold is None or not (hold.active and hold.inspected):
            return None
        files = sum(one.disposed_at is None and not one.removed_why for one in file.artefacts)
        return Came(contact_id=contact, status=str(hold.status), files=files, why=_why(hold))


def _why(hold: Hold) -> str:
    return "; ".join(f"{one.record_class}: {one.why}" for one in hold.missing)
