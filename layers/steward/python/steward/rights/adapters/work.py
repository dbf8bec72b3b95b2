"""What a request sets in motion: messages to the queues of searches and of holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.ids import ContactId
from steward.policy.holds import HoldReason
from steward.rights.requests import SubjectRequest


@dataclass(frozen=True)
class SqsRightsWork:
    """Sends messages."""

    hold_queue_url: str

    def hold(self, request: SubjectRequest, contact_ids: tuple[ContactId, ...]) -> None:
        """Let the contacts be held, as a request for access that was logged: open until it is closed."""
        detail = {
            "case": request.id,
            "reason": HoldReason.SUBJECT_ACCESS,
            "received_on": request.received_on.isoformat(),
            "contact_ids": list(contact_ids),
            "requested_by": "steward",
        }
        self._complaint("Complaint Logged", detail)

    def let_go(self, request: SubjectRequest) -> None:
        """Let the holds of a closed request run to their end."""
        if request.closing is not None and request.matches:
            detail = {"case": request.id, "closed_on": request.closing.on.isoformat(), "requested_by": "steward"}
            self._complaint("Complaint Closed", detail)

    def _complaint(self, kind: str, detail: Mapping[str, object]) -> None:
        self._send(self.hold_queue_url, {"source": "steward.complaints", "detail-type": kind, "detail": detail})

    def _send(self, queue_url: str, message: Mapping[str, object]) -> None:
        with translated("sqs.SendMessage"):
            client("sqs").send_message(QueueUrl=queue_url, MessageBody=json.dumps(message))
