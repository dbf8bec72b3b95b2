"""The event with which a contact flow invokes a function.

Shape: Amazon Connect Administrator Guide, "Grant Amazon Connect access to your Lambda functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steward.ids import ContactId


class BadFlowEventError(ValueError):
    """The event lacks something that Amazon Connect always sends."""


@dataclass(frozen=True, slots=True)
class FlowCall:
    """What the messaging functions use of the event."""

    contact_id: ContactId
    channel: str = ""
    address: str = field(default="", repr=False)
    """The customer's number as Amazon Connect knows it."""
    language: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def number(self) -> str:
        """Return the number that the flow passes on, or the one that called."""
        return self.parameter("number") or self.address

    def parameter(self, name: str) -> str:
        """Return that parameter without surrounding space, or an empty string."""
        return self.parameters.get(name, "").strip()


def parse(event: Mapping[str, Any]) -> FlowCall:
    """Read the event; raise BadFlowEventError naming the field that is missing."""
    details = _map(event.get("Details"))
    contact = _map(details.get("ContactData"))
    contact_id = contact.get("ContactId")
    if not isinstance(contact_id, str) or not contact_id:
        raise BadFlowEventError("Details.ContactData.ContactId: missing")
    attributes = _map(contact.get("Attributes"))
    parameters = _map(details.get("Parameters"))
    return FlowCall(
        contact_id=ContactId(contact_id),
        channel=str(contact.get("Channel") or ""),
        address=str(_map(contact.get("CustomerEndpoint")).get("Address") or ""),
        language=str(attributes.get("language") or contact.get("LanguageCode") or ""),
        parameters={name: str(value) for name, value in parameters.items() if value is not None},
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
