"""Sending one text: the checks in their order, and at most one text for a contact and a template."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from steward.clock import Clock
from steward.failures import AwsError, Unavailable
from steward.ids import NumberHash
from steward.messaging.answers import Answer, Reason, Status, failed, refused
from steward.messaging.flow_call import FlowCall
from steward.messaging.numbers import Number, NumberRefusedError, number_of, textable
from steward.messaging.ports import (
    ConsentState,
    EarlierReservation,
    MessageLog,
    Notice,
    NotSentError,
    NumberHasher,
    OptOutCause,
    OptOutList,
    OutcomeUnknownError,
    Removal,
    SendEligibility,
    SendReservation,
    SmsService,
    TextMessage,
)
from steward.messaging.texts import Rules, Text, ValueRefusedError, choose_language, compose
from steward.policy.messaging import Messaging

LATEST_START: Final = timedelta(seconds=2)
"""A send that has not started by then is given up, so that the flow hears an answer before it stops waiting."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Sends texts for contact flows."""

    messaging: Messaging
    languages: tuple[str, ...]
    """The notice's languages, the first of which is the council's default."""
    log_expiry: Callable[[datetime], int]
    """When a row of the message log has been kept long enough (``retention.sms_log``)."""
    opt_out_expiry: Callable[[datetime], int]
    clock: Clock
    hasher: NumberHasher
    ledger: MessageLog
    sms: SmsService
    opt_outs: OptOutList
    tell: Notice

    def send(self, call: FlowCall) -> Answer:
        """Send the text that a flow asks for, unless a rule forbids it; the first rule that does is named."""
        try:
            return self._send_unless_refused(call, self.clock.now())
        except NumberRefusedError as problem:
            return refused(problem.reason)
        except AwsError as error:
            self.tell("text_not_tried", operation=error.operation, code=error.code)
            return failed(Reason.UNAVAILABLE)

    def _send_unless_refused(self, call: FlowCall, started: datetime) -> Answer:
        purpose = call.parameter("purpose")
        number = self._number(call)
        if purpose not in self.messaging.purposes:
            return refused(Reason.UNKNOWN_PURPOSE)
        number_hash = self.hasher.hash(number.e164)
        text = self._text(call, purpose)
        if isinstance(text, Reason):
            eligibility = self.ledger.reserve(number_hash, purpose, started, None)
            return refused(_refusal(eligibility) or text)
        reservation = self._reservation(call, text, purpose, number_hash, started)
        eligibility = self._take(reservation)
        refusal = _refusal(eligibility)
        if refusal is not None:
            return refused(refusal)
        if eligibility.earlier is not None:
            return _answer_of(eligibility.earlier)
        return self._send(reservation, number, text)

    def _number(self, call: FlowCall) -> Number:
        """Return the number to send to; raise NumberRefusedError, also for one that nobody confirmed."""
        number, source = number_of(call, self.messaging.countries[0])
        return textable(number, source, self.messaging.countries)

    def _reservation(
        self, call: FlowCall, text: Text, purpose: str, number_hash: NumberHash, now: datetime
    ) -> SendReservation:
        return SendReservation(
            contact_id=call.contact_id,
            template=call.parameter("template"),
            purpose=purpose,
            number_hash=number_hash,
            language=text.language,
            parts=text.parts,
            body=text.body if self.messaging.keep_body else None,
            words=hashlib.sha256(f"{number_hash}\n{text.body}".encode()).hexdigest()[:32],
            one_of_several=self.messaging.several_texts,
            attempt=uuid.uuid4().hex,
            at=now,
            expires_at=self.log_expiry(now),
        )

    def _text(self, call: FlowCall, purpose: str) -> Text | Reason:
        name = call.parameter("template")
        template = self.messaging.templates.get(name)
        if template is None or template.purpose != purpose:
            return Reason.UNKNOWN_TEMPLATE
        language = choose_language(call.languages, template.text, self.languages)
        rules = Rules(
            longest_value=self.messaging.value_max_length,
            link_hosts=frozenset(self.messaging.link_hosts),
            home=self.messaging.countries[0],
        )
        try:
            text = compose(template, language, call.parameters, rules)
        except ValueRefusedError as problem:
            self.tell(problem.reason.value, template=name, names=problem.names)
            return problem.reason
        if text.cleaned:
            self.tell("value_cleaned", template=name, names=text.cleaned)
        return text

    def _take(self, reservation: SendReservation) -> SendEligibility:
        """Take the reservation; if it is not known whether it was taken, give it back: nothing was sent under it."""
        try:
            return self.ledger.reserve(reservation.number_hash, reservation.purpose, reservation.at, reservation)
        except Unavailable:
            with contextlib.suppress(AwsError):
                self.ledger.not_sent(reservation, Reason.UNAVAILABLE)
            raise

    def _send(self, reservation: SendReservation, number: Number, text: Text) -> Answer:
        message = TextMessage(
            to=number.e164, body=text.body, context={"reservation": reservation.id, "purpose": reservation.purpose}
        )
        try:
            message_id = self._deliver(message, reservation)
        except NotSentError as problem:
            reason = problem.reason
            if not problem.refusal:
                self.tell("text_not_sent", reason=reason.value, detail=problem.detail)
            opted_out_until = self.opt_out_expiry(reservation.at) if reason is Reason.OPTED_OUT else None
            self._write(lambda: self.ledger.not_sent(reservation, reason, opted_out_until=opted_out_until))
            return refused(reason) if problem.refusal else failed(reason)
        except OutcomeUnknownError:
            self.tell("outcome_unknown", reservation=reservation.id)
            self._write(lambda: self.ledger.outcome_unknown(reservation))
            return failed(Reason.OUTCOME_UNKNOWN)
        self._write(lambda: self.ledger.sent(reservation, message_id))
        return Answer(Status.SENT, message_id=message_id)

    def _deliver(self, message: TextMessage, reservation: SendReservation) -> str:
        """Send; after a STOP that is older than the consent, take the number off the service's list first.

        Raises what ``SmsService.send`` does.
        """
        try:
            return self._send_in_time(message, reservation.at)
        except NotSentError as problem:
            if problem.reason is not Reason.OPTED_OUT or not self._let_back_in(message.to, reservation):
                raise
        return self._send_in_time(message, reservation.at)

    def _let_back_in(self, e164: str, reservation: SendReservation) -> bool:
        """Take the number off the list if it came there before the consent in force; tell whether it is off."""
        number_hash = reservation.number_hash
        try:
            since = self.opt_outs.since(e164)
            consented = self.ledger.consented_at(number_hash, reservation.purpose)
            if since is None or consented is None or since >= consented:
                return False
            if self.opt_outs.remove(e164) is not Removal.DONE:
                return False
        except AwsError as error:
            self.tell("opt_out_not_looked_up", operation=error.operation, code=error.code)
            return False
        self._write(lambda: self.ledger.let_back_in(number_hash, reservation.at))
        return True

    def _send_in_time(self, message: TextMessage, started: datetime) -> str:
        if self.clock.now() - started > LATEST_START:
            raise NotSentError(Reason.UNAVAILABLE, detail="too late to start")
        return self.sms.send(message)

    def _write(self, act: Callable[[], None]) -> None:
        """Write the outcome; if that fails it stands, nothing is sent again, and a delivery event settles it."""
        try:
            act()
        except AwsError as error:
            self.tell("outcome_not_written", operation=error.operation, code=error.code)


def _refusal(eligibility: SendEligibility) -> Reason | None:
    if eligibility.consent is ConsentState.NONE:
        return Reason.NO_CONSENT
    if eligibility.consent is ConsentState.WITHDRAWN:
        return Reason.CONSENT_WITHDRAWN
    if eligibility.opted_out is OptOutCause.UNDELIVERABLE:
        return Reason.NUMBER_INVALID
    return Reason.OPTED_OUT if eligibility.opted_out else None


def _answer_of(earlier: EarlierReservation) -> Answer:
    """Return what became of the text that was asked for now: the first answer, or that another text was sent."""
    if not earlier.same_words:
        return refused(Reason.ALREADY_SENT, earlier.message_id)
    if not earlier.message_id:
        return failed(Reason.OUTCOME_UNKNOWN)
    return Answer(Status.SENT, message_id=earlier.message_id)
