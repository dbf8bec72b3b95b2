"""The payment register in DynamoDB. Every change is one conditional update of the contact's item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from steward.aws.clients import PIPELINE, ClientTimeouts, client
from steward.aws.errors import translated
from steward.aws.rows import Row, values
from steward.clock import Clock
from steward.failures import AwsError, PreconditionFailed
from steward.ids import ContactId
from steward.names import OPEN_INDEX, OPEN_STATE, PARTITION_KEY, SORT_KEY
from steward.payments.adapters.items import SORT_VALUE, closed_row, late_row, milliseconds, read_entry
from steward.payments.model import Asker, Call, Entry, Interval, LateStart, Status
from steward.payments.ports import STORE_CALL_SECONDS, Overtaken, RegisterUnavailable
from steward.policy.payments import RecordingType

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_IS_OPEN = "open"

IN_PAYMENT = ClientTimeouts(connect=0.2, read=STORE_CALL_SECONDS - 0.2, attempts=1)

_OPEN = (
    "SET #reference = if_not_exists(#reference, :reference), asked_at = if_not_exists(asked_at, :asked_at),"
    " asked_by = if_not_exists(asked_by, :asked_by), #status = {status}, #reason = {reason}, {more}"
    " initial_contact_id = :initial, open_state = :open, settled_at = :asked_at, expires_at = :expires_at"
)
_CONFIRMED = (
    _OPEN.format(status=":status", reason=":reason", more="paused_at = if_not_exists(paused_at, :paused_at),{claim}")
    + " REMOVE resume_pending, probed_by, probed_at"
)
_UNCONFIRMED = _OPEN.format(status="if_not_exists(#status, :status)", reason="if_not_exists(#reason, :reason)", more="")
_WITH_TYPES = " ADD #types :types"
_NOT_RESUMED_SINCE = (
    "(attribute_not_exists(resume_asked_at) OR resume_asked_at <= :clear)"
    " AND (attribute_not_exists(resume_pending) OR resume_asked_at <= :idle)"
    " AND (attribute_not_exists(probed_by) OR probed_by = :probe OR probed_at <= :idle)"
)
_TO_CLOSED = "closed = list_append(if_not_exists(closed, :none), :closed), settled_at = :settled_at"
_CLEAR = (
    " REMOVE #reference, asked_at, asked_by, #status, #reason, paused_at, #types, open_state, resume_pending,"
    " alerted_reference, late, claimed, looked_at"
)
_STILL_PAUSED = "#status = :status AND attribute_not_exists(resume_pending)"
_NOT_CLAIMED = "(attribute_not_exists(open_state) OR (asked_by = :guard AND attribute_not_exists(claimed)))"
_KEPT = ", initial_contact_id = :initial, expires_at = :expires_at"
_NAMES = {"#reference": "reference", "#status": "status", "#reason": "reason", "#types": "types"}


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """The register in one table; ``api`` is a boto3 client of DynamoDB."""

    api: DynamoDBClient
    table: str
    clock: Clock

    def find(self, contact_id: ContactId) -> Entry | None:
        """Return what is known of a contact, as of now."""
        with _reached("dynamodb.GetItem"):
            answer = self.api.get_item(TableName=self.table, Key=_key(contact_id), ConsistentRead=True)
        return read_entry(answer["Item"], self.clock.now()) if "Item" in answer else None

    def open(
        self, call: Call, interval: Interval, *, clear_since: datetime, idle_since: datetime, probe: str = ""
    ) -> Entry:
        """Record a confirmed pause; raises Overtaken if a resume was asked for meanwhile."""
        opening = _opening(call, interval) | values(
            {
                ":paused_at": milliseconds(interval.paused_at or interval.asked_at),
                ":clear": milliseconds(clear_since),
                ":idle": milliseconds(idle_since),
                ":probe": probe or "none",
                ":yes": True if interval.claimed else None,
            }
        )
        expression = _CONFIRMED.format(claim=" claimed = :yes," if interval.claimed else "") + _WITH_TYPES
        item = self._update(call.contact_id, expression, opening, condition=_NOT_RESUMED_SINCE)
        return read_entry(item, self.clock.now()) or Entry(call, current=interval)

    def open_unconfirmed(self, call: Call, interval: Interval) -> None:
        """Record that recording may be suspended."""
        expression = _UNCONFIRMED + _WITH_TYPES if interval.types else _UNCONFIRMED
        self._update(call.contact_id, expression, _opening(call, interval))

    def confirm_open(self, contact_id: ContactId, *, asked_at: datetime, claims: bool) -> Entry | None:
        """Return the entry if its open pause is confirmed and no resume was asked for."""
        changes, given = ["settled_at = :asked_at"], {":asked_at": milliseconds(asked_at)}
        return self._confirm(contact_id, changes, given, claims=claims)

    def hold_open(
        self, contact_id: ContactId, *, at: datetime, claims: bool, late: frozenset[RecordingType]
    ) -> Entry | None:
        """Return the entry, with what was suspended just now, if its open pause is confirmed and nobody resumed."""
        changes = ["looked_at = :at"]
        given: dict[str, object] = {":at": milliseconds(at)}
        if late:
            changes.append("late = list_append(if_not_exists(late, :none), :late)")
            given |= {":none": (), ":late": (late_row(LateStart(late, at)),), ":types": late}
        return self._confirm(contact_id, changes, given, claims=claims)

    def _confirm(
        self, contact_id: ContactId, changes: list[str], given: Mapping[str, object], *, claims: bool
    ) -> Entry | None:
        stated = values({**given, ":status": Status.PAUSED, ":yes": True if claims else None})
        changes = [*changes, *(["claimed = :yes"] if claims else [])]
        expression = f"SET {', '.join(changes)}" + (_WITH_TYPES if ":types" in stated else "")
        try:
            item = self._update(contact_id, expression, stated, condition=_STILL_PAUSED)
        except Overtaken:
            return None
        return read_entry(item, self.clock.now())

    def begin_probe(self, call: Call, *, probe: str, at: datetime, expires_at: int) -> None:
        """Record that somebody finds out by a short resume; raises Overtaken if a pause stands in the way."""
        self._update(
            call.contact_id,
            f"SET probed_by = :probe, probed_at = :at{_KEPT}",
            values({":probe": probe, ":at": milliseconds(at), ":paused": Status.PAUSED, ":guard": Asker.GUARD})
            | _keeping(call, expires_at),
            condition="attribute_not_exists(open_state) OR (#status <> :paused AND asked_by <> :guard)",
        )

    def end_probe(self, contact_id: ContactId, *, probe: str) -> None:
        """Record that the probe resumed nothing, unless another was begun since."""
        with suppress(Overtaken):
            self._update(
                contact_id, "REMOVE probed_by, probed_at", values({":probe": probe}), condition="probed_by = :probe"
            )

    def link(self, entry: Entry, follower: ContactId) -> None:
        """Record who is suspended because of a contact; raises Overtaken if it was resumed meanwhile."""
        seen = entry.resume_asked_at
        condition = "attribute_exists(pk) AND attribute_not_exists(resume_asked_at)"
        self._update(
            entry.call.contact_id,
            "ADD followers :follower, legs :follower",
            values({":follower": frozenset({follower}), ":seen": milliseconds(seen) if seen else None}),
            condition="resume_asked_at = :seen" if seen else condition,
        )

    def note_attempt(self, call: Call, interval: Interval) -> None:
        """Record an attempt that suspended nothing."""
        self._update(call.contact_id, f"SET {_TO_CLOSED}{_KEPT}", _closing(call, interval, interval.asked_at))

    def note_followed(self, call: Call, *, at: datetime, expires_at: int) -> None:
        """Record that the guard found nothing to suspend yet."""
        self._update(
            call.contact_id,
            f"SET followed_at = :at, settled_at = :at{_KEPT}",
            values({":at": milliseconds(at)}) | _keeping(call, expires_at),
        )

    def ask_to_resume(self, call: Call, *, at: datetime, expires_at: int, sparing_claims: bool = False) -> Entry | None:
        """Record that a resume was asked for; return the entry as it was before. Raises Overtaken."""
        condition = "(attribute_not_exists(open_state) OR settled_at <= :at)"
        item = self._update(
            call.contact_id,
            f"SET resume_asked_at = :at, resume_pending = :yes{_KEPT}",
            values({":at": milliseconds(at), ":yes": True, ":guard": Asker.GUARD if sparing_claims else None})
            | _keeping(call, expires_at),
            condition=f"{condition} AND {_NOT_CLAIMED}" if sparing_claims else condition,
            answer="ALL_OLD",
        )
        return read_entry(item, self.clock.now()) if item else None

    def close(self, call: Call, interval: Interval, *, opened_as: str | None, with_followers: bool) -> None:
        """Move the open interval to the closed ones; raises Overtaken if it is not the open one any more."""
        condition = "attribute_exists(resume_pending) AND "
        closing = _closing(call, interval, interval.resumed_at or interval.asked_at)
        condition += "attribute_not_exists(#reference)" if opened_as is None else "#reference = :opened"
        closing |= values({":opened": opened_as})
        clear = _CLEAR + (", followers" if with_followers else "")
        self._update(call.contact_id, f"SET {_TO_CLOSED}{_KEPT}{clear}", closing, condition=condition)

    def end(self, call: Call, interval: Interval) -> None:
        """Close the open interval because the call ended; nothing if it is closed already."""
        closing = _closing(call, interval, interval.ended_at or interval.asked_at)
        closing |= values({":opened": interval.reference})
        try:
            self._update(call.contact_id, f"SET {_TO_CLOSED}{_KEPT}{_CLEAR}", closing, condition="#reference = :opened")
        except Overtaken:
            return

    def settle_resume(self, contact_id: ContactId, *, asked_at: datetime) -> None:
        """Record that a resume came to nothing for certain, unless another was asked for since."""
        try:
            self._update(
                contact_id,
                "REMOVE resume_pending",
                values({":asked_at": milliseconds(asked_at)}),
                condition="resume_asked_at = :asked_at",
            )
        except Overtaken:
            return

    def note_alert(self, contact_id: ContactId, reference: str) -> None:
        """Record that the supervisors were told of an interval."""
        try:
            self._update(
                contact_id,
                "SET alerted_reference = :reference",
                values({":reference": reference}),
                condition="attribute_exists(pk)",
            )
        except Overtaken:
            return

    def open_entries(self) -> Iterator[Entry]:
        """Yield every contact with an open interval, longest first."""
        page: dict[str, Any] = {}
        while True:
            with _reached("dynamodb.Query"):
                answer = self.api.query(
                    TableName=self.table,
                    IndexName=OPEN_INDEX,
                    KeyConditionExpression=f"{OPEN_STATE} = :open",
                    ExpressionAttributeValues=values({":open": _IS_OPEN}),
                    **page,
                )
            for item in answer["Items"]:
                entry = read_entry(item, self.clock.now())
                if entry is not None and entry.current is not None:
                    yield entry
            if "LastEvaluatedKey" not in answer:
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _update(
        self,
        contact_id: ContactId,
        expression: str,
        values: Row,
        *,
        condition: str = "",
        answer: str = "ALL_NEW",
    ) -> dict[str, Any]:
        text = f"{expression} {condition}"
        arguments: dict[str, Any] = {
            "TableName": self.table,
            "Key": _key(contact_id),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": values,
            "ReturnValues": answer,
        }
        if condition:
            arguments["ConditionExpression"] = condition
        names = {name: value for name, value in _NAMES.items() if name in text}
        if names:
            arguments["ExpressionAttributeNames"] = names
        with _reached("dynamodb.UpdateItem"):
            result = self.api.update_item(**arguments)
        attributes: dict[str, Any] = result.get("Attributes", {})
        return attributes


@contextmanager
def _reached(operation: str) -> Iterator[None]:
    """Translate what a call raises into the port's own errors."""
    try:
        with translated(operation):
            yield
    except PreconditionFailed as error:
        raise Overtaken from error
    except AwsError as error:
        raise RegisterUnavailable from error


def in_payment(table: str, clock: Clock) -> RegisterTable:
    """Return the register for a function that a caller is waiting for."""
    return RegisterTable(client("dynamodb", IN_PAYMENT), table, clock)


def in_pipeline(table: str, clock: Clock) -> RegisterTable:
    """Return the register for a function that works from a queue."""
    return RegisterTable(client("dynamodb", PIPELINE), table, clock)


def _key(contact_id: ContactId) -> Row:
    return values({PARTITION_KEY: contact_id, SORT_KEY: SORT_VALUE})


def _keeping(call: Call, expires_at: int) -> Row:
    return values({":initial": call.initial_contact_id, ":expires_at": expires_at})


def _opening(call: Call, interval: Interval) -> Row:
    return values(
        {
            ":types": interval.types or None,
            ":reference": interval.reference,
            ":asked_at": milliseconds(interval.asked_at),
            ":asked_by": interval.asked_by,
            ":status": interval.status,
            ":reason": interval.reason,
            ":initial": call.initial_contact_id,
            ":open": _IS_OPEN,
            ":expires_at": interval.expires_at,
        }
    )


def _closing(call: Call, interval: Interval, settled_at: datetime) -> Row:
    return values(
        {
            ":none": (),
            ":closed": (closed_row(interval),),
            ":settled_at": milliseconds(settled_at),
            ":initial": call.initial_contact_id,
            ":expires_at": interval.expires_at,
        }
    )
