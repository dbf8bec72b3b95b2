"""Reading what a contact flow or an agent guide sends.

Source: Amazon Connect Administrator Guide, "Invoke AWS Lambda functions" (``Details.ContactData``,
``Details.Parameters``); a guide runs as a chat contact of its own, whose ``RelatedContactId`` is the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.ids import ContactId
from steward.payments.model import Asker, Call, Operation, Request


class BadRequest(Exception):
    """The request cannot be understood; the message names the field."""


def read(event: Mapping[str, Any]) -> Request:
    """Return the request in that event; raise BadRequest with one sentence naming the field that is wrong.

    From a flow the contact is ``ContactId``. From a guide, which passes ``initialContactId`` or is no call itself, it
    is ``RelatedContactId``: the guide's own contact is not what is being recorded.
    """
    details = _section(event, "Details")
    contact = _section(details, "ContactData")
    parameters = details.get("Parameters")
    parameters = parameters if isinstance(parameters, Mapping) else {}

    wanted = _text(parameters, "operation").lower()
    try:
        operation = Operation(wanted)
    except ValueError:
        raise BadRequest("Parameters.operation has to be pause, resume or status") from None

    given_initial = _text(parameters, "initialContactId")
    related = _text(contact, "RelatedContactId")
    channel = _text(contact, "Channel").upper()
    is_chat = channel == "CHAT"
    from_guide = bool(related) and (bool(given_initial) or channel != "VOICE")
    if is_chat and not related:
        raise BadRequest("ContactData.RelatedContactId is empty: an agent guide has to be related to its call")
    contact_id = related if from_guide else _text(contact, "ContactId")
    if not contact_id:
        raise BadRequest("ContactData.ContactId is empty")
    own_initial = "" if from_guide else _text(contact, "InitialContactId")
    return Request(
        operation=operation,
        call=Call(ContactId(contact_id), ContactId(given_initial or own_initial or contact_id)),
        asker=Asker.GUIDE if from_guide else Asker.FLOW,
    )


def _section(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = parent.get(name) if isinstance(parent, Mapping) else None
    if not isinstance(value, Mapping):
        raise BadRequest(f"{name} is missing")
    return value


def _text(parent: Mapping[str, Any], name: str) -> str:
    value = parent.get(name)
    return value.strip() if isinstance(value, str) else ""
