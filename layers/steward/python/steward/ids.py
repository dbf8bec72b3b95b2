"""The names by which things are known across module borders.

All are strings at run time; the types stop one from being passed where another is meant.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

ContactId = NewType("ContactId", str)
"""Amazon Connect's id of one contact: one segment of a customer's journey."""

CaseRef = NewType("CaseRef", str)
"""The council's own reference of a complaint, claim or request."""

Sha256 = NewType("Sha256", str)
"""A SHA-256 digest as 64 lower-case hexadecimal digits."""

NumberHash = NewType("NumberHash", str)
"""A keyed hash of a telephone number in E.164 form, as 64 lower-case hexadecimal digits."""


class RecordClass(StrEnum):
    """A kind of record that has a retention period of its own.

    Conversation analytics have no class: they follow the recording or transcript they derive from.
    """

    CALL_RECORDING = "call_recording"
    SCREEN_RECORDING = "screen_recording"
    CHAT_TRANSCRIPT = "chat_transcript"
    EMAIL_MESSAGE = "email_message"
    ATTACHMENT = "attachment"
    EVALUATION = "evaluation"
    CONTACT_RECORD = "contact_record"
    SMS_LOG = "sms_log"
    CONSENT_EVIDENCE = "consent_evidence"
    APPLICATION_INFORMATION = "application_information"
    """What somebody applies with, such as for a blue badge. Kept only where the policy gives it a period."""


S3_RECORD_CLASSES: tuple[RecordClass, ...] = (
    RecordClass.CALL_RECORDING,
    RecordClass.SCREEN_RECORDING,
    RecordClass.CHAT_TRANSCRIPT,
    RecordClass.EMAIL_MESSAGE,
    RecordClass.ATTACHMENT,
    RecordClass.EVALUATION,
    RecordClass.CONTACT_RECORD,
)
"""The classes whose records are objects in a bucket of their own; the others are rows of a table."""
