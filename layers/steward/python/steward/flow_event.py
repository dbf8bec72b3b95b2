"""The event with which Amazon Connect invokes a function, from a contact flow or an agent's guide: read in one place.

Shape: Amazon Connect Administrator Guide, "Grant Amazon Connect access to your Lambda functions" (``Details``:
``ContactData`` and ``Parameters``). Powertools has a reader, ``ConnectContactFlowEvent``; importing it imports the
events of every other service with it, 32 ms of a cold start for which a caller would wait, and it reads no
``RelatedContactId`` and no ``LanguageCode``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class BadFlowEventError(ValueError):
    """The event lacks something that Amazon Connect always sends; the message names the field, never a value."""


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """What our functions use of the event. A text that is missing, or is no text, is empty."""

    contact_id: str = ""
    initial_contact_id: str = ""
    related_contact_id: str = ""
    """The call, where a guide asks: it runs as a chat contact of its own."""
    channel: str = ""
    """In capitals: ``VOICE``, ``CHAT``, ``TASK``, ``EMAIL``."""
    customer_address: str = field(default="", repr=False)
    """The customer's number or address as Connect knows it (``CustomerEndpoint``)."""
    language_code: str = ""
    """Such as ``en-GB``."""
    attributes: Mapping[str, object] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, object] = field(default_factory=dict, repr=False)

    def parameter(self, name: str) -> str:
        """Return that parameter without surrounding space."""
        return _text(self.parameters, name)

    def attribute(self, name: str) -> str:
        """Return that contact attribute without surrounding space."""
        return _text(self.attributes, name)


def read(event: Mapping[str, object]) -> FlowEvent:
    """Return what the event says; raise BadFlowEventError naming the section that is missing."""
    details = _section(event, "Details", "Details")
    contact = _section(details, "ContactData", "Details.ContactData")
    return FlowEvent(
        contact_id=_text(contact, "ContactId"),
        initial_contact_id=_text(contact, "InitialContactId"),
        related_contact_id=_text(contact, "RelatedContactId"),
        channel=_text(contact, "Channel").upper(),
        customer_address=_text(_map(contact.get("CustomerEndpoint")), "Address"),
        language_code=_text(contact, "LanguageCode"),
        attributes=_map(contact.get("Attributes")),
        parameters=_map(details.get("Parameters")),
    )


def _section(parent: Mapping[str, object], name: str, path: str) -> Mapping[str, object]:
    value = parent.get(name)
    if not isinstance(value, Mapping):
        raise BadFlowEventError(f"{path} is missing")
    return value


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(parent: Mapping[str, object], name: str) -> str:
    value = parent.get(name)
    return value.strip() if isinstance(value, str) else ""
