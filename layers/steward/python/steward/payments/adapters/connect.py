"""Amazon Connect's recording control and contact state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.clients import CONNECT_PIPELINE, ClientTimeouts, client
from steward.aws.errors import translate
from steward.failures import AccessDenied, AwsError, NotFound, Throttled, Unavailable
from steward.ids import ContactId
from steward.names import PAUSED_TAG
from steward.payments.messages import ContactEvent
from steward.payments.model import Call
from steward.payments.ports import CONNECT_CALL_SECONDS, ContactState, Reply
from steward.policy.payments import RecordingType

if TYPE_CHECKING:
    from mypy_boto3_connect.client import ConnectClient
    from mypy_boto3_connect.type_defs import AssociatedContactSummaryTypeDef, SuspendContactRecordingRequestTypeDef

PAUSED_VALUE = "paused"
"""The value of the tag on which guard_payments' rule filters."""

IN_PAYMENT = ClientTimeouts(connect=0.4, read=CONNECT_CALL_SECONDS - 0.4, attempts=1)
"""One try: what an answer that was lost means is decided here, not by a second try that Connect refuses."""

_MOST_IN_A_PAGE = 100
"""More contacts than one call has; the API gives no more in an answer."""

_REFUSAL = "InvalidRequestException"
_BY_KIND: tuple[tuple[type[AwsError], Reply], ...] = (
    (NotFound, Reply.CONTACT_NOT_FOUND),
    (AccessDenied, Reply.ACCESS_DENIED),
    (Throttled, Reply.THROTTLED),
    (Unavailable, Reply.NO_ANSWER),
)


@dataclass(frozen=True, slots=True)
class ConnectRecording:
    """Recording control of one instance; ``api`` is a boto3 client of Amazon Connect."""

    api: ConnectClient
    instance_id: str

    def suspend(self, call: Call, kind: RecordingType | None) -> Reply:
        """Suspend one type of recording, or whatever is on (API reference, SuspendContactRecording)."""
        return _reply(lambda: self.api.suspend_contact_recording(**self._request(call, kind)))

    def resume(self, call: Call, kind: RecordingType | None) -> Reply:
        """Resume one type of recording, or whatever is suspended (API reference, ResumeContactRecording)."""
        return _reply(lambda: self.api.resume_contact_recording(**self._request(call, kind)))

    def mark(self, call: Call) -> Reply:
        """Tag the contact as paused (API reference, TagContact)."""
        return _reply(
            lambda: self.api.tag_contact(
                InstanceId=self.instance_id, ContactId=call.contact_id, Tags={PAUSED_TAG: PAUSED_VALUE}
            )
        )

    def unmark(self, call: Call) -> Reply:
        """Take the tag off (API reference, UntagContact)."""
        return _reply(
            lambda: self.api.untag_contact(InstanceId=self.instance_id, ContactId=call.contact_id, TagKeys=[PAUSED_TAG])
        )

    def ended_at(self, contact_id: ContactId) -> datetime | ContactState:
        """Return when the contact was disconnected (API reference, DescribeContact)."""
        try:
            answer = self.api.describe_contact(InstanceId=self.instance_id, ContactId=contact_id)
        except (ClientError, BotoCoreError) as error:
            gone = isinstance(translate(error, "connect.DescribeContact"), NotFound)
            return ContactState.GONE if gone else ContactState.UNKNOWN
        moment = answer["Contact"].get("DisconnectTimestamp")
        return moment.astimezone(UTC) if isinstance(moment, datetime) else ContactState.LIVE

    def joined(self, contact_id: ContactId) -> tuple[ContactEvent, ...] | None:
        """Return the other contacts of the chain that are on the line (API reference, ListAssociatedContacts)."""
        try:
            answer = self.api.list_associated_contacts(
                InstanceId=self.instance_id, ContactId=contact_id, MaxResults=_MOST_IN_A_PAGE
            )
        except (ClientError, BotoCoreError):
            return None
        return tuple(
            _on_the_line(one)
            for one in answer["ContactSummaryList"]
            if one["ContactId"] != contact_id and "DisconnectTimestamp" not in one
        )

    def _request(self, call: Call, kind: RecordingType | None) -> SuspendContactRecordingRequestTypeDef:
        request: SuspendContactRecordingRequestTypeDef = {
            "InstanceId": self.instance_id,
            "ContactId": call.contact_id,
            "InitialContactId": call.initial_contact_id,
        }
        if kind is not None:
            request["ContactRecordingType"] = kind.value
        return request


def _on_the_line(summary: AssociatedContactSummaryTypeDef) -> ContactEvent:
    contact_id = ContactId(summary["ContactId"])
    initial = ContactId(summary.get("InitialContactId") or contact_id)
    previous = summary.get("PreviousContactId") or (initial if initial != contact_id else "")
    began = summary.get("InitiationTimestamp")
    return ContactEvent(
        kind="CONNECTED_TO_AGENT",
        contact_id=contact_id,
        initial_contact_id=initial,
        previous=ContactId(previous) if previous and previous != contact_id else None,
        is_voice=summary.get("Channel", "VOICE") == "VOICE",
        method=str(summary.get("InitiationMethod", "")),
        began=began.astimezone(UTC) if isinstance(began, datetime) else None,
        at=began.astimezone(UTC) if isinstance(began, datetime) else datetime.now(UTC),
    )


def in_payment(instance_arn: str) -> ConnectRecording:
    """Return the control for a function that a caller is waiting for."""
    return ConnectRecording(client("connect", IN_PAYMENT), _instance_id(instance_arn))


def in_pipeline(instance_arn: str) -> ConnectRecording:
    """Return the control for a function that works from a queue."""
    return ConnectRecording(client("connect", CONNECT_PIPELINE), _instance_id(instance_arn))


def _instance_id(instance_arn: str) -> str:
    return instance_arn.rpartition("/")[2]


def _reply(call: Callable[[], object]) -> Reply:
    try:
        call()
    except (ClientError, BotoCoreError) as error:
        meaning = translate(error)
        if meaning.code == _REFUSAL:
            return Reply.REFUSED
        return next((reply for kind, reply in _BY_KIND if isinstance(meaning, kind)), Reply.UNEXPECTED_ANSWER)
    return Reply.DONE
