"""Which recording a contact flow or an agent guide means, and what shall happen to it."""

from __future__ import annotations

from collections.abc import Mapping

from steward import flow_event
from steward.flow_event import BadFlowEventError
from steward.ids import ContactId
from steward.payments.model import Asker, Call, Operation, Request


class BadRequest(Exception):
    """The request cannot be understood; the message names the field."""


def read(event: Mapping[str, object]) -> Request:
    """Return the request in that event; raise BadRequest with one sentence naming the field that is wrong.

    From a flow the contact is ``ContactId``. From a guide, which passes ``initialContactId`` or is no call itself, it
    is ``RelatedContactId``: the guide's own contact is not what is being recorded.
    """
    try:
        asked = flow_event.read(event)
    except BadFlowEventError as problem:
        raise BadRequest(str(problem)) from None
    try:
        operation = Operation(asked.parameter("operation").lower())
    except ValueError:
        raise BadRequest("Parameters.operation has to be pause, resume or status") from None

    given_initial = asked.parameter("initialContactId")
    related = asked.related_contact_id
    from_guide = bool(related) and (bool(given_initial) or asked.channel != "VOICE")
    if asked.channel == "CHAT" and not related:
        raise BadRequest("ContactData.RelatedContactId is empty: an agent guide has to be related to its call")
    contact_id = related if from_guide else asked.contact_id
    if not contact_id:
        raise BadRequest("ContactData.ContactId is empty")
    own_initial = "" if from_guide else asked.initial_contact_id
    return Request(
        operation=operation,
        call=Call(ContactId(contact_id), ContactId(given_initial or own_initial or contact_id)),
        asker=Asker.GUIDE if from_guide else Asker.FLOW,
    )
