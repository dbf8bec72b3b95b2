"""Recording what a person decided about text messages."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from steward.aws.errors import AwsError
from steward.clock import Clock
from steward.messaging.answers import Answer, Reason, Status, refused
from steward.messaging.flow_call import FlowCall
from steward.messaging.numbers import NumberRefusedError, read_number
from steward.messaging.ports import (
    ConsentBook,
    ConsentRecord,
    Decision,
    IfOptedOut,
    Notice,
    NumberHasher,
    OptOutList,
    Recorded,
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

        A withdrawal needs no wording: nothing may stand in its way but an unknown purpose or number.
        """
        purpose = call.parameter("purpose")
        if purpose not in self.messaging.purposes:
            return refused(Reason.UNKNOWN_PURPOSE)
        try:
            decision = Decision(call.parameter("decision").lower())
        except ValueError:
            return refused(Reason.UNKNOWN_DECISION)
        version = call.parameter("wording_version")
        wording = self.messaging.wordings.get(version)
        if wording is not None and wording.purpose != purpose:
            wording = None
        if wording is None and decision is Decision.GIVEN:
            return refused(Reason.UNKNOWN_WORDING_VERSION)
        try:
            number = read_number(call.number, self.messaging.countries[0])
        except NumberRefusedError as problem:
            return refused(problem.reason)
        try:
            asked = _Asked(purpose, decision, version if wording else "", wording.text if wording else {})
            return self._keep(self._evidence(call, number.e164, asked), number.e164)
        except AwsError as error:
            self.tell("consent_not_recorded", operation=error.operation, code=error.code)
            return refused(Reason.UNAVAILABLE)

    def _evidence(self, call: FlowCall, e164: str, asked: _Asked) -> ConsentRecord:
        language = choose_language(call.languages, asked.said or self.languages, self.languages)
        how = call.parameter("how") or _HOW_BY_CHANNEL.get(call.channel, "")
        now = self.clock.now()
        return ConsentRecord(
            id=uuid.uuid4().hex,
            number_hash=self.hasher.hash(e164),
            purpose=asked.purpose,
            decision=asked.decision,
            wording_version=asked.version,
            wording_sha256=hashlib.sha256(asked.said[language].encode()).hexdigest() if asked.said else "",
            language=language,
            how=how if how in _HOW else "unspecified",
            by="agent" if how == "agent" else "caller",
            contact_id=call.contact_id,
            policy_version=self.policy_version,
            at=now,
            expires_at=self.expiry(now),
        )

    def _keep(self, evidence: ConsentRecord, e164: str) -> Answer:
        outcome = self.book.record(evidence)
        if evidence.decision is Decision.WITHDRAWN:
            if not self.opt_outs.put(e164):
                self.tell("opt_out_not_passed_on")
            return Answer(Status.RECORDED)
        if outcome is not Recorded.OPTED_OUT:
            return Answer(Status.RECORDED)
        if self.opt_outs.remove(e164):
            self.book.record(evidence, IfOptedOut.CLEAR)
            return Answer(Status.RECORDED)
        self.book.record(evidence, IfOptedOut.KEEP)
        return Answer(Status.RECORDED, Reason.STILL_OPTED_OUT)
