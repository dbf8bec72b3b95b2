"""What a contact flow asks the messaging functions for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steward import flow_event
from steward.flow_event import BadFlowEventError
from steward.ids import ContactId


@dataclass(frozen=True, slots=True)
class FlowCall:
    """What the messaging functions use of the event."""

    contact_id: ContactId
    channel: str = ""
    address: str = field(default="", repr=False)
    """The customer's number as Amazon Connect knows it."""
    languages: tuple[str, ...] = ()
    """What is known of the caller's language, the surest first; one that cannot be read hides no other."""
    parameters: Mapping[str, object] = field(default_factory=dict, repr=False)
    """As the flow gave them: a value of a template is a text, or it is refused."""

    @property
    def number_confirmed(self) -> bool:
        """Tell whether the number that the flow passes on was played back to the caller, who said that it is theirs."""
        return self.parameter("number_confirmed") == "played_back"

    def parameter(self, name: str) -> str:
        """Return that parameter without surrounding space, or an empty string."""
        value = self.parameters.get(name)
        return value.strip() if isinstance(value, str) else ""


def parse(event: Mapping[str, object]) -> FlowCall:
    """Read the event; raise BadFlowEventError naming the field that is missing."""
    asked = flow_event.read(event)
    if not asked.contact_id:
        raise BadFlowEventError("Details.ContactData.ContactId is missing")
    languages = (asked.parameter("language"), asked.attribute("language"), asked.language_code)
    return FlowCall(
        contact_id=ContactId(asked.contact_id),
        channel=asked.channel,
        address=asked.customer_address,
        languages=tuple(language for language in languages if language),
        parameters=asked.parameters,
    )
