"""A call of ``decide`` as it arrives, read without trusting it: through the Function URL, or from the own bus."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.decisions.book import Outcome, Row
from steward.decisions.people import CASE_SYSTEM, Person, UnknownCaller, person_of
from steward.decisions.subjects import Subject

LONGEST_WHY = 500
LONGEST_ID = 128
MOST_ITEMS = 1000
LONGEST_ITEM = 1200
"""An object's location: a bucket's name and a key of at most 1,024 bytes."""


class Unreadable(Exception):
    """A call that nobody can judge: ``field`` has that ``problem``. The message quotes no value."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class Call:
    """What somebody wants. ``items`` is none where the field was not given; ``unknown_fields`` names what else was.

    ``id_field`` is what whoever called calls the id: the case-management system says ``case``.
    """

    call_id: str
    by: Person
    subject: str
    id: str
    decision: str
    why: str = ""
    items: tuple[str, ...] | None = None
    items_field: str = ""
    unknown_fields: tuple[str, ...] = ()
    id_field: str = "id"

    def in_its_words(self, reason: str) -> str:
        """Return why it is refused, with the field as whoever called knows it."""
        return f"{self.id_field}{reason.removeprefix('id')}" if reason.startswith("id: ") else reason

    def judged(
        self,
        subject: Subject,
        identifier: str,
        number: int,
        at: datetime,
        outcome: Outcome,
        *,
        reason: str = "",
        items: tuple[str, ...] = (),
        repeats: bool = False,
    ) -> Row:
        """Return the row of the book that keeps this call and what became of it."""
        return Row(
            subject=subject,
            id=identifier,
            number=number,
            call_id=self.call_id,
            at=at,
            by=self.by,
            decision=self.decision,
            outcome=outcome,
            reason=reason,
            why=self.why,
            items=items,
            repeats=repeats,
        )


_ITEM_FIELDS = ("contact_ids", "objects")
_KNOWN = {"subject", "id", "decision", "why", *_ITEM_FIELDS}


def caller(event: Mapping[str, Any], *, account: str, prefix: str, permission_sets: str = "") -> Person:
    """Return who signed the request, from what AWS states and from nothing else.

    Raises ``UnknownCaller`` where it names none.

    Lambda developer guide, "Invoking Lambda function URLs", request payload format 2.0: with ``AuthType`` AWS_IAM the
    caller is in ``requestContext.authorizer.iam``.
    """
    found: Any = event
    for name in ("requestContext", "authorizer", "iam", "userArn"):
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, str):
        raise UnknownCaller("the request is not signed")
    return person_of(found, account=account, prefix=prefix, permission_sets=permission_sets)


def call_of(event: Mapping[str, Any], by: Person) -> Call:
    """Return what a request through the Function URL asks for; raise ``Unreadable`` for what is no call."""
    return read(body_of(event), by, call_id_of(event))


def call_id_of(event: Mapping[str, Any]) -> str:
    """Return AWS's own id of a request through the Function URL."""
    context = event.get("requestContext")
    found = context.get("requestId") if isinstance(context, Mapping) else None
    return str(found or "none")


def read(stated: Mapping[str, Any], by: Person, call_id: str) -> Call:
    """Return the call that those fields make; raise ``Unreadable`` for a field that is missing, unknown or wrong."""
    given = [name for name in _ITEM_FIELDS if stated.get(name) is not None]
    if len(given) > 1:
        raise Unreadable(given[1], "is not a field of the same subject")
    field = given[0] if given else ""
    return Call(
        call_id=call_id,
        by=by,
        subject=_text(stated, "subject", LONGEST_ID),
        id=_text(stated, "id", LONGEST_ID),
        decision=_text(stated, "decision", LONGEST_ID),
        why=_text(stated, "why", LONGEST_WHY, needed=False),
        items=_items(stated[field], field) if field else None,
        items_field=field,
        unknown_fields=tuple(sorted(str(name)[:40] for name in stated if name not in _KNOWN)),
    )


def named_by_case_system(detail: Mapping[str, Any], name: str) -> Person:
    """Return somebody whom an event of the case-management system names; raise ``Unreadable`` for no name."""
    return Person(role=CASE_SYSTEM, name=_text(detail, name, LONGEST_ID))


def body_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the JSON object that somebody posted; raise ``Unreadable`` for anything else."""
    body = event.get("body")
    if not isinstance(body, str):
        raise Unreadable("body", "is missing")
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") is True else body
        stated = json.loads(text)
    except (ValueError, binascii.Error, RecursionError):
        raise Unreadable("body", "is not JSON") from None
    if not isinstance(stated, dict):
        raise Unreadable("body", "must be a JSON object")
    return stated


def _text(stated: Mapping[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    value = stated.get(name)
    if value is None or value == "":
        if needed:
            raise Unreadable(name, "is missing")
        return ""
    if not isinstance(value, str):
        raise Unreadable(name, "must be text")
    text = value.strip()
    if not text and needed:
        raise Unreadable(name, "is missing")
    if len(text) > longest:
        raise Unreadable(name, f"is longer than {longest} characters")
    if not text.isprintable():
        raise Unreadable(name, "has a character that is not seen")
    return text


def _items(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unreadable(name, "must be a list of texts")
    if not value:
        raise Unreadable(name, "must name at least one, or be left out")
    if len(value) > MOST_ITEMS:
        raise Unreadable(name, f"names more than {MOST_ITEMS}")
    if any(not one.strip() or len(one) > LONGEST_ITEM or not one.isprintable() for one in value):
        raise Unreadable(name, "has an entry that is empty, too long or cannot be read")
    return tuple(dict.fromkeys(one.strip() for one in value))
