"""What Amazon Connect itself has of a person in a contact, and its removal.

DeleteContactData redacts the endpoint, additional recipients and the subject of an ended contact, for good; whatever
was typed elsewhere remains the instance's owner's to remove (Amazon Connect API reference, "DeleteContactData").
UpdateContactAttributes, and UpdateContact for name, description and references, take completed contacts (same,
"UpdateContact"). What stands after a redaction is not documented: it is read again and compared, never assumed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from steward.aws.clients import CONNECT_PIPELINE, client
from steward.aws.errors import translated
from steward.failures import InvalidRequest, NotFound
from steward.holds.adapters.connect import Pace
from steward.ids import ContactId
from steward.names import PAUSED_TAG
from steward.rights.erasure.artefacts import ANOTHER_VALUE, CHAIN, NOT_REDACTED

_TYPED: Final = ("Name", "Description")
_ENDPOINT: Final = "CustomerEndpoint"
_RECIPIENTS: Final = "AdditionalEmailRecipients"
_SUBJECT: Final = "EmailSubject"
_FIELDS: Final = {
    _ENDPOINT: "CUSTOMER_ENDPOINT",
    _RECIPIENTS: "ADDITIONAL_EMAIL_RECIPIENTS",
    _SUBJECT: "EMAIL_SUBJECT",
}
"""What DeleteContactData redacts, and the value of ``ContactFields`` for it: every one in the service's model."""

_REFERENCES: Final = {"Url": "URL", "Number": "NUMBER", "String": "STRING", "Date": "DATE", "Email": "EMAIL"}
"""The members of ListContactReferences' answer that have a value somebody typed, by their type."""
_ATTACHMENT: Final = "Attachment"
_ADDRESSES: Final = ("TELEPHONE_NUMBER", "EMAIL_ADDRESS")
_FEWEST_DIGITS: Final = 4

CUSTOMER_ID: Final = "CustomerId"
DETAILS: Final = "ContactDetails"
SEGMENTS: Final = "SegmentAttributes"
FILE_NAMES: Final = "AttachmentNames"
REFERENCE_NAMES: Final = "ReferenceNames"
TAGS: Final = "Tags"

_SUBJECT_ATTRIBUTE: Final = "connect:EmailSubject"
_OF_AWS: Final = "aws:"
"""How the tags begin that AWS puts on a contact itself."""

_NOBODYS: Final = (
    "connect:AssignmentType",
    "connect:BlockReasonHeader",
    "connect:ContactExpiry",
    "connect:CreatedByUser",
    "connect:Direction",
    "connect:ScreenSharingDetails",
    "connect:Subtype",
    "connect:ValidationTestType",
    "connect:X-SES-",
)
"""Connect's own segment attributes, by how they begin, that say nothing of the customer.

All others may: ``connect:CustomerAuthentication`` has the customer's id and identity provider (administrator guide,
"List of available contact attributes", segment attributes). The subject of an e-mail is a part of its own.
"""


@dataclass(frozen=True, kw_only=True)
class Has:
    """What Connect has of a person in a contact.

    ``typed``: whether something can be emptied; ``personal``: what DeleteContactData is for, by its name; ``lasting``:
    what no operation removes, by its name.
    """

    typed: bool = False
    personal: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConnectRedaction:
    """One instance, at a pace that leaves the others their share of its quota."""

    instance_arn: str
    pace: Pace

    def has(self, contact_id: ContactId) -> Has:
        """Return what Connect has of the person in a contact; nothing of one that it forgot after 24 months."""
        contact = self._contact(contact_id)
        if contact is None:
            return Has()
        references = self._references(contact_id)
        return Has(
            typed=bool(_typed(contact, references)),
            personal=tuple(_personal(contact)),
            lasting=tuple(_lasting(contact, references)),
        )

    def redact(self, contact_id: ContactId, part: str) -> str:
        """Have Connect redact one of ``personal``, and read it again: return why it is not gone, nothing where it is.

        Raises InvalidRequest for a contact that has not ended.
        """
        contact = self._contact(contact_id)
        before = _personal(contact).get(part) if contact is not None else None
        if before is None:
            return ""
        self._call("delete_contact_data", ContactId=contact_id, ContactFields=[_FIELDS[part]])
        contact = self._contact(contact_id)
        left = _personal(contact).get(part) if contact is not None else None
        if left is None:
            return ""
        # A value that is no address may be what an earlier redaction left: of that nobody can tell.
        return NOT_REDACTED if left == before and _says_who(left) else ANOTHER_VALUE

    def empty(self, contact_id: ContactId, *, attributes_too: bool) -> str:
        """Empty what was typed, and read it again: return why not all of it is gone, nothing where it is."""
        contact = self._contact(contact_id)
        if contact is None:
            return ""
        typed = [name for name in _TYPED if contact.get(name)]
        if typed:
            self._call("update_contact", ContactId=contact_id, **dict.fromkeys(typed, ""))
        given = _attributes(contact)
        if given and attributes_too:
            initial = str(contact.get("InitialContactId") or contact_id)
            self._call("update_contact_attributes", InitialContactId=initial, Attributes=dict.fromkeys(given, ""))
        for name, kind, _ in _noted(self._references(contact_id)):
            # One that Connect refuses to empty, such as a date that has to be one, keeps none of the others.
            with suppress(InvalidRequest):
                self._call("update_contact", ContactId=contact_id, References={name: {"Type": kind, "Value": ""}})
        contact = self._contact(contact_id)
        left = _typed(contact, self._references(contact_id)) if contact is not None else set()
        if left - (set() if attributes_too else {"Attributes"}):
            return NOT_REDACTED
        return CHAIN if left else ""

    def _contact(self, contact_id: ContactId) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._call("describe_contact", ContactId=contact_id)["Contact"]
        except (NotFound, InvalidRequest):
            return None
        return found

    def _references(self, contact_id: ContactId) -> list[dict[str, Any]]:
        """Return the references that have a value or a name somebody gave: six types, as many as one call takes."""
        kinds = [*_REFERENCES.values(), _ATTACHMENT.upper()]
        asked: dict[str, Any] = {"ContactId": contact_id, "ReferenceTypes": kinds}
        page = self._call("list_contact_references", **asked)
        found = list(page.get("ReferenceSummaryList", ()))
        while page.get("NextToken"):
            page = self._call("list_contact_references", NextToken=page["NextToken"], **asked)
            found += page.get("ReferenceSummaryList", ())
        return found

    def _call(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401 - the operation's own
        self.pace.wait()
        connect = client("connect", CONNECT_PIPELINE)
        with translated(f"connect.{method}"):
            return getattr(connect, method)(InstanceId=self.instance_arn.rpartition("/")[2], **parameters)


def _personal(contact: Mapping[str, Any]) -> dict[str, str]:
    """Return what DeleteContactData is for, part by part, each as one text; nothing that is nobody's."""
    parts: dict[str, object] = {
        _ENDPOINT: _endpoint(contact.get(_ENDPOINT) or {}),
        _RECIPIENTS: contact.get(_RECIPIENTS),
        _SUBJECT: ((contact.get(SEGMENTS) or {}).get(_SUBJECT_ATTRIBUTE) or {}).get("ValueString"),
    }
    return {name: json.dumps(value, sort_keys=True, default=str) for name, value in parts.items() if value}


def _typed(contact: Mapping[str, Any], references: list[dict[str, Any]]) -> set[str]:
    """Return the names of what somebody typed and can empty."""
    found = {name for name in _TYPED if contact.get(name)}
    found |= {"Attributes"} if _attributes(contact) else set()
    return found | ({"References"} if any(_noted(references)) else set())


def _says_who(text: str) -> bool:
    """Tell whether it has an address or a number in it: no word or mask that stands for one has."""
    return "@" in text or sum(one.isdigit() for one in text) >= _FEWEST_DIGITS


def _endpoint(endpoint: Mapping[str, Any]) -> list[str]:
    """Return who called, if that says who.

    What Connect writes in the place of a number or an address that it redacted is not documented; neither that, nor
    what stands for a caller who withheld it, is one: it has no ``@``, and not as many digits as a number.
    """
    address, name = str(endpoint.get("Address") or ""), str(endpoint.get("DisplayName") or "")
    if endpoint.get("Type") in _ADDRESSES and not _says_who(address):
        address = ""
    return [one for one in (address, name) if one]


def _attributes(contact: Mapping[str, Any]) -> list[str]:
    return sorted(name for name, value in (contact.get("Attributes") or {}).items() if value)


def _noted(references: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Return name, type and value of what somebody noted with a contact."""
    for one in references:
        for member, stated in one.items():
            if member in _REFERENCES and stated.get("Value"):
                yield str(stated.get("Name") or ""), _REFERENCES[member], str(stated["Value"])


def _lasting(contact: Mapping[str, Any], references: list[dict[str, Any]]) -> Iterator[str]:
    """Return the names of what may say who it was, and that no operation of Connect removes from an ended contact.

    UpdateContact has neither the customer's id nor a task's details, a segment attribute's value is not empty, and
    Connect's own are none that it takes but the expiry; it adds and updates references and removes none, so that their
    names stay, as that of an attached file does (Amazon Connect API reference, "UpdateContact"). Tags are taken off
    until three hours after the contact ended (administrator guide, "Set up granular billing"), and stay after that.
    """
    if contact.get(CUSTOMER_ID):
        yield CUSTOMER_ID
    if contact.get(DETAILS):
        yield DETAILS
    if any(one != _SUBJECT_ATTRIBUTE and not one.startswith(_NOBODYS) for one in contact.get(SEGMENTS) or {}):
        yield SEGMENTS
    if any(not one.startswith(_OF_AWS) and one != PAUSED_TAG for one in contact.get(TAGS) or {}):
        yield TAGS
    if any(stated.get("Name") for one in references for kind, stated in one.items() if kind in _REFERENCES):
        yield REFERENCE_NAMES
    if any((one.get(_ATTACHMENT) or {}).get("Name") for one in references):
        yield FILE_NAMES
