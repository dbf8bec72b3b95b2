"""What becomes of a message that is refused, or that cannot be dealt with: told, set aside, and off the queue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from steward.holds.requests import BadRequest
from steward.holds.telling.setting_aside import without_free_text
from steward.told import Told


class DeadLetters(Protocol):
    """Where what could not be done is kept until somebody has looked at it."""

    def put(self, body: str) -> None:
        """Set a message aside."""


class Team(Protocol):
    """Who is told of a refusal."""

    def refused(self, refusal: BadRequest) -> None:
        """Tell that a request was refused, and why."""


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Tells of a refusal once, whichever attempt gets so far, and then sets the message aside without its free text.

    SQS would set it aside by itself, with everything that somebody typed.
    """

    told: Told
    team: Team
    dead_letters: DeadLetters

    def settle(self, refusal: BadRequest, body: str, message_id: str) -> None:
        """Tell of a refusal and set its message aside."""
        self.tell(refusal, body, message_id)
        self.give_up(body)

    def settle_part(self, refusal: BadRequest, part: str, name: str) -> None:
        """Tell of a refused part of a message and set that part aside, once, though the message may come again.

        ``name`` is the message's id with the part's place in it.
        """
        self.tell(refusal, part, name)
        self.told.once(lambda: self.give_up(part), "set aside", name)

    def tell(self, refusal: BadRequest, body: str, message_id: str) -> None:
        """Tell of a refusal that was not told before."""
        said = refusal.told_as or identity(body, message_id)
        self.told.once(lambda: self.team.refused(refusal), "refused", said, refusal.field, refusal.problem)

    def give_up(self, body: str) -> None:
        """Set aside a message that was tried often enough."""
        self.dead_letters.put(without_free_text(body))


def identity(body: str, message_id: str) -> str:
    """Return what makes two messages say the same: the event's id, or the contact and its keys where they are the flag.

    A contact's tags come with each of its events and its attributes with each update of its record; EventBridge may
    deliver an event twice, and what was set aside may come again.
    """
    try:
        message = json.loads(body)
    except ValueError:
        return message_id
    if not isinstance(message, dict):
        return message_id
    if message.get("steward") == "flag":
        return json.dumps([message.get(name) for name in ("contact_id", "reference", "received", "stage")])
    detail = message.get("detail")
    for contact, keys in (("contactId", "tags"), ("contactId", "Tags")):
        if isinstance(detail, dict) and contact in detail and keys in detail:
            return json.dumps([detail[contact], detail[keys]], sort_keys=True)
    return str(message.get("id") or message_id)
