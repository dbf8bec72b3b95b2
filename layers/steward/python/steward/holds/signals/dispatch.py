"""One message of the hold queue: what it is and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

import msgspec

from steward.clock import Clock
from steward.holds import messages, requests
from steward.holds.messages import ApplyCase, FlaggedContact, HoldContact, Recheck, Reinspect, TellOfCase
from steward.holds.placing import Placing
from steward.holds.ports import Contacts, Sources
from steward.holds.requests import BadRequest, HoldRequest
from steward.holds.signals import case_events, connect_events, object_tags, s3_notices, sealing
from steward.holds.signals.fields import get, moment, parse, section, text
from steward.holds.signals.object_tags import TaggedObject
from steward.holds.signals.relaying import is_lost, lost
from steward.holds.signals.s3_notices import S3Notice
from steward.holds.signals.sealing import Seal
from steward.holds.signals.throttling import UNSIGNED, Throttle
from steward.holds.telling.gathering import Gathering

ATTRIBUTES, TAGS = "contact_attributes", "contact_tags"
"""Signals, by their names in the policy."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Turns a message into an act. Raises ``BadRequest`` for one that nobody can act upon."""

    instance_arn: str
    clock: Clock
    contacts: Contacts
    sources: Sources
    placing: Placing
    gathering: Gathering
    throttle: Throttle
    seal: Seal
    """Verifies flags among attributes, where the policy has them signed."""

    def handle(self, body: str) -> None:
        """Act upon one message: an event of a bus, a notification of S3, or work that steward gave to itself."""
        message = parse(body)
        if "steward" in message:
            self._work(message)
            return
        if is_lost(message):
            raise lost(message)
        if s3_notices.is_notice(message):
            for notice in s3_notices.notices(message):
                self._noticed(notice)
            return
        source, kind = text(message, "source"), text(message, "detail-type")
        match (source, kind):
            case (case_events.SOURCE, "Complaint Escalated"):
                self.placing.escalate(case_events.escalated(section(message, "detail"), self._at(message)))
            case (case_events.SOURCE, "Complaint Closed"):
                self.placing.close(case_events.closed(section(message, "detail"), self._at(message)))
            case _:
                for request in self._requests(source, kind, message):
                    self.placing.place(request)

    def _requests(self, source: str, kind: str, message: Mapping[str, Any]) -> list[HoldRequest]:
        at, detail = self._at(message), section(message, "detail")
        found: list[HoldRequest | None]
        match (source, kind):
            case (case_events.SOURCE, "Complaint Logged"):
                found = list(case_events.logged(detail, at))
            case ("aws.connect", "Amazon Connect Contact Event"):
                ours = connect_events.concerns(detail, self.instance_arn)
                found = [self._contact_tagged(detail, at)] if ours else []
            case ("aws.connect", "Contact Lens Evaluation Rules Matched"):
                ours = connect_events.concerns(detail, self.instance_arn)
                found = list(self._evaluations(detail)) if ours else []
            case ("aws.s3", "Object Tags Added"):
                # Not from our buckets any more: what waited in the queue while a deployment changed that, and what
                # somebody forwards from a bucket of their own.
                tagged = object_tags.tagged_object(detail)
                found = [self._tagged([tagged, replace(tagged, key=unquote(tagged.key))], at)]
            case _:
                raise case_events.unmatched(source, kind, detail)
        return [request for request in found if request is not None]

    def _noticed(self, notice: S3Notice) -> None:
        if notice.event != s3_notices.TAGGED:
            raise BadRequest("eventName", "is not one that the hold queue knows")
        tagged = TaggedObject(bucket=notice.bucket, key=notice.key, version_id=notice.version_id)
        request = self._tagged([tagged, replace(tagged, key=notice.key_as_sent)], notice.at)
        if request is not None:
            self.placing.place(request)

    def _tagged(self, readings: Iterable[TaggedObject], at: datetime) -> HoldRequest | None:
        """Return what the tags of the first of these objects that is there ask for.

        What is not there flags nothing that could be read; that is no reason to take it for no flag.
        """
        for one in dict.fromkeys(readings):
            tags = self.sources.tags(one.bucket, one.key, one.version_id)
            if tags is not None:
                said = partial(self.sources.metadata, one.bucket, one.key, one.version_id)
                return object_tags.flagged(one, tags, at, said)
        raise BadRequest("object key", "names no object that is in the store; flag the contact itself")

    def _evaluations(self, detail: Mapping[str, Any]) -> list[HoldRequest | None]:
        contact = connect_events.evaluated_contact(detail)
        forms = [
            evaluation
            for evaluation in self.contacts.evaluations(contact)
            if evaluation.submitted and evaluation.form.strip().casefold() == connect_events.COMPLAINT_FORM.casefold()
        ]
        return [
            connect_events.evaluated(self.contacts.answers(evaluation.evaluation_id), contact) for evaluation in forms
        ]

    def _work(self, message: Mapping[str, Any]) -> None:
        try:
            work = messages.decode(message)
        except msgspec.ValidationError:
            raise BadRequest("steward", "names a piece of work that does not exist, or lacks what it needs") from None
        match work:
            case HoldContact(case, contact, signal, flagged_at):
                self.placing.hold(case, contact, signal, flagged_at)
            case ApplyCase(case, contact):
                self.placing.apply(case, contact)
            case Reinspect(contact, routine):
                self.placing.reinspect(contact, routine=routine)
            case Recheck(contact, attempt):
                self.placing.recheck(contact, attempt)
            case TellOfCase(case):
                self.gathering.tell(case)
            case FlaggedContact() as flag:
                self._attributed(flag)

    def _attributed(self, flag: FlaggedContact) -> None:
        signals = self.placing.policy.holds.signals
        trusted = not signals.signed or sealing.fits(flag, self.seal)
        if signals.counts(ATTRIBUTES):
            # What strangers forge uses up no hour of what flows signed.
            self.throttle.admit(ATTRIBUTES if trusted else UNSIGNED, flag.contact_id, flag.channel)
        request = connect_events.attributed(flag, self.clock.now())
        if request is None:
            return
        if not trusted:
            with requests.concerning(f"contact {flag.contact_id}"):
                raise sealing.refused(flag)
        self.placing.place(request)

    def _contact_tagged(self, detail: Mapping[str, Any], at: datetime) -> HoldRequest | None:
        if self.placing.policy.holds.signals.counts(TAGS):
            self.throttle.admit(TAGS, str(get(detail, "contactId") or ""), str(get(detail, "channel") or ""))
        return connect_events.tagged(detail, at)

    def _at(self, message: Mapping[str, Any]) -> datetime:
        stated = text(message, "time")
        return moment(stated, "time") if stated else self.clock.now()
