"""Recording what a person decided about text messages."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from steward.clock import Clock
from steward.failures import AwsError
from steward.messaging.answers import Answer, Reason, Status, refused
from steward.messaging.flow_call import FlowCall
from steward.messaging.numbers import Number, NumberRefusedError, NumberSource, number_of, textable
from steward.messaging.ports import (
    ConsentBook,
    ConsentRecord,
    Decision,
    IfOptedOut,
    Notice,
    NumberHasher,
    OptOutList,
    Recorded,
    Removal,
)
from steward.messaging.texts import choose_language
from steward.policy.messaging import Messaging

_HOW_BY_CHANNEL = {"VOICE": "keypad", "CHAT": "web"}
_HOW = frozenset({"keypad", "agent", "web"})


@dataclass(frozen=True, slots=True)
class _Asked:
    purpose: str
    decision: Decision
    version: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Consents:
    """Takes decisions from contact flows."""

    messaging: Messaging
    languages: tuple[str, ...]
    """The notice's languages, the first of which is the council's default."""
    policy_version: str
    expiry: Callable[[datetime], int]
    """When evidence from that moment has been kept long enough (``retention.consent_evidence``)."""
    clock: Clock
    hasher: NumberHasher
    book: ConsentBook
    opt_outs: OptOutList
    tell: Notice

    def record(self, call: FlowCall) -> Answer:
        """Record the decision of one flow's call; the first thing that is wrong with it is named.

        A withdrawal needs no wording: nothing may stand in its way but an unknown purpose or number; it counts for any
        number that somebody names. Consent is given for what can be texted: the caller's own mobile, or one that was
        played back.
        """
        asked = self._asked(call)
        if isinstance(asked, Reason):
            return refused(asked)
        try:
            number, source = number_of(call, self.messaging.countries[0])
            if asked.decision is Decision.GIVEN:
                textable(number, source, self.messaging.countries)
        except NumberRefusedError as problem:
            return refused(problem.reason)
        try:
            return self._keep(self._evidence(call, number, source, asked), number)
        except AwsError as error:
            self.tell("consent_not_recorded", operation=error.operation, code=error.code)
            return refused(Reason.UNAVAILABLE)

    def _asked(self, call: FlowCall) -> _Asked | Reason:
        """Return what was asked and decided, or what is wrong with it."""
        purpose = call.parameter("purpose")
        if purpose not in self.messaging.purposes:
            return Reason.UNKNOWN_PURPOSE
        try:
            decision = Decision(call.parameter("decision").lower())
        except ValueError:
            return Reason.UNKNOWN_DECISION
        version = call.parameter("wording_version")
        wording = self.messaging.wordings.get(version)
        if wording is not None and wording.purpose == purpose:
            return _Asked(purpose, decision, version, wording.text)
        if decision is Decision.GIVEN:
            return Reason.UNKNOWN_WORDING_VERSION
        return _Asked(purpose, decision, "", {})

    def _evidence(self, call: FlowCall, number: Number, source: NumberSource, asked: _Asked) -> ConsentRecord:
        language = choose_language(call.languages, asked.said or self.languages, self.languages)
        how = call.parameter("how") or _HOW_BY_CHANNEL.get(call.channel, "")
        now = self.clock.now()
        return ConsentRecord(
            id=uuid.uuid4().hex,
            number_hash=self.hasher.hash(number.e164),
            purpose=asked.purpose,
            decision=asked.decision,
            wording_version=asked.version,
            wording_sha256=hashlib.sha256(asked.said[language].encode()).hexdigest() if asked.said else "",
            language=language,
            how=how if how in _HOW else "unspecified",
            number_source=source,
            by="agent" if how == "agent" else "caller",
            contact_id=call.contact_id,
            policy_version=self.policy_version,
            at=now,
            expires_at=self.expiry(now),
        )

    def _keep(self, evidence: ConsentRecord, number: Number) -> Answer:
        """Keep the decision. A withdrawal is our own record alone, which every text is checked against as it is sent.

        A consent after an opt-out takes the number off the SMS service's list too, where a STOP reply has put it.
        """
        outcome = self.book.record(evidence)
        if outcome not in {Recorded.OPTED_OUT, Recorded.LET_BACK_IN}:
            return Answer(Status.RECORDED)
        removal = self.opt_outs.remove(number.e164)
        if removal is Removal.DONE:
            self.book.record(evidence, IfOptedOut.LET_IN)
        elif removal is Removal.REFUSED or (removal is Removal.NOT_KNOWN and outcome is Recorded.OPTED_OUT):
            self.book.record(evidence, IfOptedOut.KEEP)
            return Answer(Status.RECORDED, Reason.STILL_OPTED_OUT)
        else:
            self.book.record(evidence, IfOptedOut.LEAVE if outcome is Recorded.LET_BACK_IN else IfOptedOut.CLEAR)
        return Answer(Status.RECORDED)
