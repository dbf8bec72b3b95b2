"""Contacts, the chains that they form, and what hangs on a chain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from simulator.aws.connect.errors import (
    ScenarioError,
    invalid_parameter,
    invalid_request,
    not_found,
    not_terminated,
)
from simulator.aws.connect.evaluations import Evaluation
from simulator.aws.connect.references import Reference
from simulator.aws.connect.shapes import contact_members, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.aws.connect.evaluations import Evaluation
    from simulator.aws.connect.references import Reference

_LINKS = ("InitialContactId", "PreviousContactId", "RelatedContactId")
_MERGED = frozenset({"Tags", "ContactEvaluations", "SegmentAttributes"})
_REMEMBERED = relativedelta(months=24)
_TAGGABLE = timedelta(hours=3)
_MOST_TAGS = 6
_MOST_ATTRIBUTE_BYTES = 32_768
_TAG_KEY = re.compile(r"(?!aws:)[a-zA-Z+-=._:/]{1,128}")
_LONGEST_TAG_VALUE = 256
_PERSONAL = {
    "CUSTOMER_ENDPOINT": "CustomerEndpoint",
    "ADDITIONAL_EMAIL_RECIPIENTS": "AdditionalEmailRecipients",
    "EMAIL_SUBJECT": "EmailSubject",
}
"""Every value of ``ContactFields`` in the service's model, and what it redacts of a contact."""
_ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(slots=True)
class Contact:
    """One contact. ``fields`` are those of DescribeContact, in its types, without what belongs to the chain."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)

    @property
    def initial_id(self) -> str:
        """The id of the chain's first contact, which is its own unless it says otherwise."""
        return str(self.fields.get("InitialContactId") or self.id)

    @property
    def ended(self) -> datetime | None:
        """When it was disconnected."""
        moment: datetime | None = self.fields.get("DisconnectTimestamp")
        return moment


class Contacts:
    """All contacts of an instance."""

    def __init__(self) -> None:
        """Start empty."""
        self._contacts: dict[str, Contact] = {}
        self._attributes: dict[str, dict[str, str]] = {}
        self._group: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._under_way: set[str] = set()

    def merge(self, raw: Mapping[str, Any], now: datetime) -> Contact:
        """Create a contact, or change one: fields replace those of the same name, maps are merged.

        A new segment starts with the tags of the one before it, as Connect copies them. Raises ``ScenarioError``.
        """
        contact_id = raw.get("Id") or raw.get("ContactId")
        if not isinstance(contact_id, str):
            raise ScenarioError("contact: Id is missing")
        given = self._read(contact_id, raw)
        contact = self._contacts.get(contact_id)
        if contact is None:
            contact = self._contacts[contact_id] = Contact(contact_id)
            earlier = self._contacts.get(given.get("PreviousContactId", ""))
            if earlier and earlier.fields.get("Tags"):
                contact.fields["Tags"] = dict(earlier.fields["Tags"])
        attributes = given.pop("Attributes", {})
        for name, value in given.items():
            contact.fields[name] = {**contact.fields.get(name, {}), **value} if name in _MERGED else value
        contact.fields["LastUpdateTimestamp"] = given.get("LastUpdateTimestamp", now)
        for link in (contact_id, *(contact.fields.get(name) for name in _LINKS)):
            if link:
                self._join(contact_id, link)
        if contact.initial_id != contact_id:
            attributes = {**self._attributes.pop(contact_id, {}), **attributes}
        self._attributes.setdefault(contact.initial_id, {}).update(attributes)
        return contact

    def begin(self, contact_id: str, earlier_id: str) -> None:
        """Let a transfer take place: the new segment gets the tags that the earlier contact has by now, once."""
        contact, earlier = self._contacts.get(contact_id), self._contacts.get(earlier_id)
        if contact is None or earlier is None or contact is earlier or contact_id in self._under_way:
            return
        self._under_way.add(contact_id)
        if earlier.fields.get("Tags"):
            contact.fields["Tags"] = {**earlier.fields["Tags"], **contact.fields.get("Tags", {})}

    @staticmethod
    def _read(contact_id: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        members = contact_members()
        return {
            name: shaped(value, members[name], f"contact {contact_id}: {name}")
            for name, value in raw.items()
            if name in members and value is not None
        }

    def _join(self, one: str, other: str) -> None:
        """Put two contacts into one group, the smaller group into the larger."""
        for contact_id in (one, other):
            if contact_id not in self._group:
                self._group[contact_id] = contact_id
                self._members[contact_id] = {contact_id}
        small, large = sorted((self._group[one], self._group[other]), key=lambda name: len(self._members[name]))
        if small != large:
            for contact_id in self._members.pop(small):
                self._group[contact_id] = large
                self._members[large].add(contact_id)

    def known(self, contact_id: str) -> Contact | None:
        """Return a contact that the scenario has made, however old."""
        return self._contacts.get(contact_id)

    def get(self, contact_id: str, now: datetime) -> Contact:
        """Return a contact that Connect still remembers: 24 months from its initiation.

        Raises ResourceNotFoundException. Source: DescribeContact, "Important things to know".
        """
        contact = self._contacts.get(contact_id)
        if contact is not None:
            begun = contact.fields.get("InitiationTimestamp")
            if begun is None or now < begun + _REMEMBERED:
                return contact
        raise not_found(f"The contact {contact_id}")

    def ended_between(self, since: datetime, until: datetime, now: datetime) -> list[Contact]:
        """Return the contacts that are still remembered and ended in that time, its end included, and by now."""
        remembered = [one for one in self._contacts.values() if self._remembers(one, now)]
        return [one for one in remembered if one.ended and since <= one.ended <= min(until, now)]

    def associated(self, contact: Contact, now: datetime) -> list[Contact]:
        """Return the whole chain, the given contact included, by the moment of initiation."""
        members = (self._contacts.get(other) for other in self._members[self._group[contact.id]])
        alive = [other for other in members if other is not None and self._remembers(other, now)]
        return sorted(alive, key=lambda other: (str(other.fields.get("InitiationTimestamp", "")), other.id))

    @staticmethod
    def _remembers(contact: Contact, now: datetime) -> bool:
        begun = contact.fields.get("InitiationTimestamp")
        return begun is None or bool(now < begun + _REMEMBERED)

    def attributes(self, contact: Contact) -> dict[str, str]:
        """Return the attributes of a contact's chain."""
        return self._attributes.get(contact.initial_id, {})

    def update_attributes(self, contact: Contact, changes: Mapping[str, str], now: datetime) -> None:
        """Change attributes; an empty value stands for a removed one. Raises InvalidRequestException."""
        for key in changes:
            if not _ATTRIBUTE_KEY.fullmatch(key):
                raise invalid_request(f"The attribute key {key!r} has characters other than letters, digits, - and _")
        changed = {**self.attributes(contact), **changes}
        if sum(len(key.encode()) + len(value.encode()) for key, value in changed.items()) > _MOST_ATTRIBUTE_BYTES:
            raise invalid_request("The attributes are larger than 32 KB")
        self._attributes[contact.initial_id] = changed
        contact.fields["LastUpdateTimestamp"] = now

    def delete_data(self, contact: Contact, fields: Iterable[str], now: datetime) -> None:
        """Redact what Connect identifies as personal, for good; everything else, attributes included, stays.

        Raises ContactNotTerminatedException. Source: Amazon Connect API reference, "DeleteContactData".
        """
        if contact.ended is None or contact.ended > now:
            raise not_terminated(contact.id)
        chosen = set(fields)
        if unknown := chosen - {*_PERSONAL}:
            raise invalid_parameter(f"ContactFields: {min(unknown)} is none of them")
        for name in chosen:
            contact.fields.pop(_PERSONAL[name], None)
        if "EMAIL_SUBJECT" in chosen and isinstance(contact.fields.get("SegmentAttributes"), dict):
            contact.fields["SegmentAttributes"].pop("connect:EmailSubject", None)
        contact.fields["LastUpdateTimestamp"] = now

    @staticmethod
    def rename(contact: Contact, named: Mapping[str, str], now: datetime) -> None:
        """Change the name or description of a contact, also of one that has ended (UpdateContact)."""
        contact.fields.update(named)
        contact.fields["LastUpdateTimestamp"] = now

    def tag(self, contact: Contact, tags: Mapping[str, str], now: datetime) -> None:
        """Add tags, at most six and until three hours after the contact ended.

        Raises InvalidRequestException and InvalidParameterException. Source: administrator guide, "granular billing".
        """
        self._check_taggable(contact, now)
        for key, value in tags.items():
            if not _TAG_KEY.fullmatch(key) or len(value) > _LONGEST_TAG_VALUE:
                raise invalid_parameter(f"The tag {key!r} is not well formed")
        tagged = {**contact.fields.get("Tags", {}), **tags}
        if len(_of_users(tagged)) > _MOST_TAGS:
            raise invalid_request("A contact has at most six tags")
        contact.fields["Tags"] = tagged
        contact.fields["LastUpdateTimestamp"] = now

    def untag(self, contact: Contact, keys: Iterable[str], now: datetime) -> None:
        """Take tags away, within the same time. Raises InvalidRequestException."""
        self._check_taggable(contact, now)
        removed = set(keys)
        contact.fields["Tags"] = {
            key: value for key, value in contact.fields.get("Tags", {}).items() if key not in removed
        }
        contact.fields["LastUpdateTimestamp"] = now

    @staticmethod
    def _check_taggable(contact: Contact, now: datetime) -> None:
        if contact.ended is not None and now > contact.ended + _TAGGABLE:
            raise invalid_request("A contact can be tagged until three hours after it was disconnected")


def _of_users(tags: Mapping[str, str]) -> list[str]:
    return [key for key in tags if not key.startswith("aws:")]
