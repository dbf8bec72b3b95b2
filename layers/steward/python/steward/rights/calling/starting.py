"""A request that somebody makes while they are on the line: spoken, and as good as a written one. Pure.

It is received that day, whoever takes it ("What should we consider when responding to a request?", Information
Commissioner). The agent says nothing of who it is: proof of that is the information team's to ask for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from steward.clock import Clock, london_date
from steward.flow_event import FlowEvent
from steward.holds import requests
from steward.holds.requests import BadRequest
from steward.names import INTAKE
from steward.rights.finding.identifiers import Identifier, Kind, identifier
from steward.rights.requests import RequestId, Right

CHANNEL: Final = "call"
"""How the request came, as the register has it."""

GIVEN: Final = (("number", Kind.PHONE), ("other_number", Kind.PHONE), ("email", Kind.EMAIL))
"""What an agent may have typed, by the name of its parameter."""

MOST_OF_A_CALL: Final = 5
"""So many requests of one right are made in one call."""

_LETTERS: Final = "ABCDEFGHJKLMNPRS"
_LENGTH: Final = 10


class Status(StrEnum):
    """What the flow is told."""

    RECEIVED = "received"
    REFUSED = "refused"
    FAILED = "failed"
    """A door did not open."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of it. ``reason`` is the name of the field that cannot be used, or of what did not answer."""

    status: Status
    reason: str = ""
    reference: str = ""

    def as_map(self) -> dict[str, str]:
        """Return it as flows read it: a flat map of strings."""
        return {"status": self.status, "reason": self.reason, "reference": self.reference}


class Doors(Protocol):
    """Where a request goes in. Every call raises ``AwsError``."""

    def hand_in(self, key: str, identifiers: tuple[Identifier, ...]) -> bool:
        """Put what the person is looked for by into the store of rights, where nothing was handed in before.

        Return whether it is there now: the same again is, and something else that stands there is never written over.
        """

    def receive(self, request: RequestId, right: Right, received_on: date, intake_key: str) -> None:
        """State on the own bus that a request was received."""


@dataclass(frozen=True, kw_only=True)
class Starting:
    """Receives requests."""

    clock: Clock
    doors: Doors

    def start(self, event: FlowEvent) -> Answer:
        """Receive the request that the guide's form states, once however often the same is asked in one call.

        What was typed first stays as it is: with something else typed, the same right is another request of its own.

        Raises the ``AwsError`` of a door; the same again completes what it kept from being done.
        """
        try:
            right = _right(event.parameter("right"))
            call = _call(event)
            found = _identifiers(event, call)
        except BadRequest as refusal:
            return Answer(status=Status.REFUSED, reason=refusal.field)
        for number in range(MOST_OF_A_CALL):
            request = reference(call, right, number)
            key = f"{INTAKE}{request}.json"
            # What the event names is there before it is named.
            if self.doors.hand_in(key, found):
                self.doors.receive(request, right, london_date(self.clock.now()), key)
                return Answer(status=Status.RECEIVED, reference=request)
        return Answer(status=Status.REFUSED, reason="too_many")


def reference(call: str, right: Right, number: int = 0) -> RequestId:
    """Return the reference of what was asked for in a call: letters of a digest, in which no number can be read.

    ``number``: how many requests of that right, with other identifiers, were made in the call before.
    """
    digest = hashlib.sha256(f"{call}/{right}{f'/{number}' if number else ''}".encode()).hexdigest()[:_LENGTH]
    return RequestId("CALL-" + "".join(_LETTERS[int(one, 16)] for one in digest))


def _right(stated: str) -> Right:
    try:
        return Right(stated.lower())
    except ValueError:
        raise BadRequest("right", f"must be one of {', '.join(Right)}") from None


def _call(event: FlowEvent) -> str:
    """Return the call, where the guide asks: it runs as a contact of its own. Raises BadRequest."""
    stated = event.parameter("initialContactId") or event.related_contact_id
    if not stated and event.channel != "CHAT":
        stated = event.initial_contact_id
    if not stated:
        raise BadRequest("initialContactId", "is missing: a guide's own contact is not the call")
    return requests.contact_id(stated, "initialContactId")


def _identifiers(event: FlowEvent, call: str) -> tuple[Identifier, ...]:
    """Return what is to be looked for: the call itself, and whatever was typed. Raises BadRequest by its field."""
    found = [identifier({"type": Kind.CONTACT, "value": call})]
    for name, kind in GIVEN:
        stated = event.parameter(name)
        if not stated:
            continue
        try:
            found.append(identifier({"type": kind, "value": stated}))
        except BadRequest as problem:
            raise BadRequest(name, problem.problem) from None
    return tuple(dict.fromkeys(found))
