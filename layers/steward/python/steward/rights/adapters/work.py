"""What a request sets in motion: messages to the queues of searches, of packages and of holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.decisions.orders import Order, encode
from steward.decisions.subjects import Subject
from steward.ids import ContactId
from steward.policy.holds import HoldReason
from steward.rights.requests import RequestId, SubjectRequest


@dataclass(frozen=True)
class SqsRightsWork:
    """Sends messages. An address that is empty is of a queue to which this function has nothing to send.

    Every call raises ``AwsError``.
    """

    hold_queue_url: str = ""
    search_queue_url: str = ""
    package_queue_url: str = ""
    release_queue_url: str = ""
    erasure_queue_url: str = ""

    def assemble(self, request: RequestId) -> None:
        """Let its package be put together, if everything is decided."""
        self._send(self.package_queue_url, {"steward": "assemble", "request": request})

    def plan(self, request: RequestId) -> None:
        """Let everything be listed that its erasure would be about."""
        self._send(self.erasure_queue_url, {"steward": "plan", "request": request})

    def correct(self, request: RequestId) -> None:
        """Let what was found to be wrong be put right."""
        self._send(self.search_queue_url, {"steward": "correct", "request": request})

    def restrict(self, request: RequestId) -> None:
        """Let texts stop to the person, or be free again."""
        self._send(self.search_queue_url, {"steward": "restrict", "request": request})

    def search(self, request: RequestId) -> None:
        """Let the person's contacts be looked for."""
        self._send(self.search_queue_url, {"steward": "search", "request": request})

    def scan(self, request: RequestId, look: int, partitions: Iterable[str]) -> None:
        """Let those partitions be looked through, each by a message of its own."""
        for one in partitions:
            message = {"steward": "scan", "request": request, "look": look, "partition": one}
            self._send(self.search_queue_url, message)

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
        """Let the holds of a request that is over run to their end."""
        if request.ended_on is not None and request.held:
            detail = {"case": request.id, "closed_on": request.ended_on.isoformat(), "requested_by": "steward"}
            self._complaint("Complaint Closed", detail)

    def let_stranger_go(self, request: RequestId, contact_id: ContactId) -> None:
        """Let the hold of a contact end that is another person's."""
        body = encode(Order(subject=Subject.RELEASE, id=request, contact_id=contact_id))
        with translated("sqs.SendMessage"):
            client("sqs").send_message(QueueUrl=self.release_queue_url, MessageBody=body)

    def _complaint(self, kind: str, detail: Mapping[str, object]) -> None:
        self._send(self.hold_queue_url, {"source": "steward.complaints", "detail-type": kind, "detail": detail})

    def _send(self, queue_url: str, message: Mapping[str, object]) -> None:
        with translated("sqs.SendMessage"):
            client("sqs").send_message(QueueUrl=queue_url, MessageBody=json.dumps(message))
