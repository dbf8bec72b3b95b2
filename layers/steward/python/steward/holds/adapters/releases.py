"""The queue of releases, on SQS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from steward.decisions.orders import Order, encode
from steward.decisions.subjects import Subject
from steward.holds.adapters.batches import Outgoing, send
from steward.ids import CaseRef, ContactId


@dataclass(frozen=True)
class SqsReleases:
    """Orders releases, contact by contact; ``decide`` orders those of a whole case on the same queue."""

    queue_url: str

    def order(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be released by itself. Raises NotHandedOver for those that the queue did not take."""
        send(
            self.queue_url,
            (Outgoing(one, encode(Order(subject=Subject.RELEASE, id=case, contact_id=one))) for one in contact_ids),
        )
