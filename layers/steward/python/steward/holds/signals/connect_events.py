"""Amazon Connect's own signals: contact tags, contact attributes, a submitted evaluation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steward.holds import requests
from steward.holds.contacts import Evaluation
from steward.holds.messages import FlaggedContact
from steward.holds.requests import BadRequest, HoldRequest
from steward.holds.signals.fields import flagged_by_keys, get, moment, received, section, stage, text
from steward.ids import ContactId
from steward.names import COMPLAINT_RECEIVED, COMPLAINT_REFERENCE, COMPLAINT_SIGNATURE, COMPLAINT_STAGE
from steward.policy.holds import HoldReason

COMPLAINT_FORM = "Complaint"
"""The title of the evaluation form with which complaints staff flag a contact."""

_UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no message of SQS may hold (Amazon SQS API reference, "SendMessage"): half characters among others."""

_LONGEST_VALUE = 1000
"""So much is passed on of a value; nothing that is longer can be read as a reference, a date or a stage."""


def tagged(detail: Mapping[str, Any], at: datetime) -> HoldRequest | None:
    """Return the request that a contact event's tags make, or none if they flag nothing."""
    contact = requests.contact_id(text(detail, "contactId", needed=True), "contactId")
    return flagged_by_keys(
        section(detail, "tags"), contact, signal="contact_tags", flagged_at=at, requested_by="contact flow"
    )


def flag_of(record: Mapping[str, Any]) -> FlaggedContact | None:
    """Return the flag among a contact record's attributes and the ids it needs; none where they flag nothing.

    Nothing else of the record is in it. What no queue would take of a value is replaced, so that the value is refused,
    and told, where it is read.
    """
    attributes = section(record, "Attributes")
    reference = _as_it_is(attributes, COMPLAINT_REFERENCE)
    if not reference:
        return None
    return FlaggedContact(
        contact_id=_as_it_is(record, "ContactId"),
        chain=_as_it_is(record, "InitialContactId"),
        channel=_as_it_is(record, "Channel"),
        updated_at=_as_it_is(record, "LastUpdateTimestamp"),
        reference=reference,
        received=_as_it_is(attributes, COMPLAINT_RECEIVED),
        stage=_as_it_is(attributes, COMPLAINT_STAGE),
        signature=_as_it_is(attributes, COMPLAINT_SIGNATURE),
    )


def _as_it_is(mapping: Mapping[str, Any], name: str) -> str:
    value = get(mapping, name)
    return "" if value is None else _UNSENDABLE.sub("\ufffd", str(value)[:_LONGEST_VALUE])


def attributed(flag: FlaggedContact, at: datetime) -> HoldRequest | None:
    """Return the request that a contact record's attributes make, or none if they flag nothing.

    A flag without a date counts from the record's last update: the day on which the attribute was set. Raises
    BadRequest for an id, a reference or a time that cannot be read.
    """
    contact = requests.contact_id(text({"ContactId": flag.contact_id}, "ContactId", needed=True), "ContactId")
    return flagged_by_keys(
        {COMPLAINT_REFERENCE: flag.reference, COMPLAINT_RECEIVED: flag.received, COMPLAINT_STAGE: flag.stage},
        contact,
        signal="contact_attributes",
        flagged_at=moment(flag.updated_at, "LastUpdateTimestamp") if flag.updated_at else at,
        requested_by="contact attributes",
        seen_at=at,
    )


def evaluated_contact(detail: Mapping[str, Any]) -> ContactId:
    """Return the contact whose evaluation met a rule: the last part of ``contactArn``.

    Raises BadRequest if the ARN is missing, is no contact's, or ends in something that is no contact's id.
    """
    arn = text(detail, "contactArn", needed=True)
    _, found, contact = arn.rpartition("/contact/")
    if not found:
        raise BadRequest("contactArn", "must be the ARN of a contact")
    return requests.contact_id(contact, "contactArn")


def is_complaint_form(evaluation: Evaluation) -> bool:
    """Return whether an evaluation is the form with which complaints staff flag a contact."""
    return evaluation.form.strip().casefold() == COMPLAINT_FORM.casefold()


def evaluated(evaluation: Evaluation, contact: ContactId) -> HoldRequest | None:
    """Return the request that a submitted complaint form makes, or none if it is another form or a draft."""
    if not is_complaint_form(evaluation) or not evaluation.submitted:
        return None
    answers = dict(evaluation.answers)
    with requests.concerning(f"contact {contact}"):
        case = requests.case_ref(text(answers, "reference", needed=True), "reference")
    received_on, undated = received(answers, "received_on", evaluation.modified_at)
    reached, unclear = stage(answers, "stage")
    return HoldRequest(
        case=case,
        reason=HoldReason.COMPLAINT,
        stage=reached,
        received_on=received_on,
        received_on_assumed=bool(undated),
        contact_ids=(contact,),
        requested_by=evaluation.evaluator,
        signal="evaluation_form",
        flagged_at=evaluation.modified_at,
        doubts=(*undated, *unclear),
    )


def concerns(detail: Mapping[str, Any], instance_arn: str) -> bool:
    """Return whether an event is about this instance; one that names no instance is taken to be."""
    named = get(detail, "instanceArn")
    return not isinstance(named, str) or named.rpartition("/")[2] == instance_arn.rpartition("/")[2]
