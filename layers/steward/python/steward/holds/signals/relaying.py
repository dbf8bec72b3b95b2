"""Passing flags among contact attributes on from the stream of contact records to the hold queue.

A record that cannot be passed on, and never will be, must not keep the others waiting, and a refusal that passes must
lose none: Lambda reads a stream in order and goes on from the record that was named as failed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from steward.failures import InvalidRequest
from steward.holds.messages import FlaggedContact
from steward.holds.requests import BadRequest
from steward.holds.signals.connect_events import flag_of
from steward.holds.signals.fields import get, moment, section, text

_BATCH: Final = "KinesisBatchInfo"


class HoldQueue(Protocol):
    """Where a flag goes. Raises ``steward.failures``."""

    def relay(self, flag: FlaggedContact) -> None:
        """Hand a flag on."""


class UnreadFlags(Protocol):
    """Where goes what no flag could be made of. Raises ``steward.failures``."""

    def put(self, body: str) -> None:
        """Set it aside."""


@dataclass(frozen=True)
class Relaying:
    """Hands flags on, one record of the stream after the other."""

    queue: HoldQueue
    unread: UnreadFlags
    say: Callable[[str], None]
    """Logs a sentence."""

    def relay(self, record: Mapping[str, Any]) -> None:
        """Hand on what a record of the stream flags, or set aside where it lies, if nothing can be made of it.

        Raises AwsError for a failure that has nothing to do with this record: it has to be tried again, and whatever
        comes after it would fare no better.
        """
        try:
            flag = flag_of(json.loads(base64.b64decode(record["kinesis"]["data"])))
        except Exception as problem:  # noqa: BLE001 -- whatever is wrong with one record, the others are passed on
            self._set_aside(record, type(problem).__name__)
            return
        if flag is None:
            return
        try:
            self.queue.relay(flag)
        except InvalidRequest as problem:
            self._set_aside(record, str(problem))

    def _set_aside(self, record: Mapping[str, Any], problem: str) -> None:
        self.say(problem)
        self.unread.put(_where(record))


def is_lost(message: Mapping[str, Any]) -> bool:
    """Tell whether a message says where in the stream flags lie that were given up: Lambda's own notice, or one so."""
    return _BATCH in message


def lost(message: Mapping[str, Any]) -> BadRequest:
    """Return the refusal of flags that were given up: the notice names no contact, only when their records came.

    Shape: AWS Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source in
    Lambda". https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    batch = section(message, _BATCH)
    number = text(batch, "batchSize") or "some"
    contacts = "1 contact" if number == "1" else f"{number} contacts"
    return BadRequest(
        "Attributes",
        f"the complaint attributes of {contacts} could not be read or passed on, so nothing is held for them; those "
        "who look after steward can say which they are (docs/runbook.md, “Flags among contact attributes could not be "
        "passed on”)",
        about=f"{contacts}, flagged by attributes{_when(batch)}",
    )


def _when(batch: Mapping[str, Any]) -> str:
    stated = get(batch, "approximateArrivalOfFirstRecord")
    try:
        return f" on {moment(str(stated), 'arrival').astimezone(UTC):%d %B %Y, %H:%M} UTC"
    except BadRequest:
        return ""


def _where(record: Mapping[str, Any]) -> str:
    """Return where in the stream a record lies, in the words in which Lambda says it of what it gives up itself."""
    entry = section(record, "kinesis")
    number, arrived = text(entry, "sequenceNumber"), get(entry, "approximateArrivalTimestamp")
    batch = {
        "shardId": text(record, "eventID").partition(":")[0],
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "batchSize": 1,
        "streamArn": text(record, "eventSourceARN"),
    }
    if isinstance(arrived, int | float):
        batch["approximateArrivalOfFirstRecord"] = datetime.fromtimestamp(arrived, UTC).isoformat()
    return json.dumps({"requestContext": {"condition": "Unreadable"}, _BATCH: batch})
