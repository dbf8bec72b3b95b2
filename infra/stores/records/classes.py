"""What Connect calls the record classes that it writes."""

from __future__ import annotations

import re

from steward.ids import RecordClass

CONNECT_RESOURCE_TYPES = {
    RecordClass.CALL_RECORDING: ("CALL_RECORDINGS", "CallRecordings"),
    RecordClass.SCREEN_RECORDING: ("SCREEN_RECORDINGS", "ScreenRecordings"),
    RecordClass.CHAT_TRANSCRIPT: ("CHAT_TRANSCRIPTS", "ChatTranscripts"),
    RecordClass.EMAIL_MESSAGE: ("EMAIL_MESSAGES", "EmailMessages"),
    RecordClass.ATTACHMENT: ("ATTACHMENTS", "Attachments"),
    RecordClass.EVALUATION: ("CONTACT_EVALUATIONS", "Evaluations"),
}
"""The instance's storage type of each class, and the prefix under which Connect writes it.

https://docs.aws.amazon.com/connect/latest/APIReference/API_InstanceStorageConfig.html
"""


def camel(name: str) -> str:
    """Return ``call_recording`` as ``CallRecording``."""
    return re.sub(r"(?:^|_)([a-z])", lambda match: match.group(1).upper(), name)
