"""What decisions about holds are about: a case and its contacts, or a contact and objects of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from steward.decisions.deciding import Refused
from steward.holds import requests
from steward.holds.ports import Register
from steward.holds.removing.locations import stored_object
from steward.holds.requests import BadRequest


@dataclass(frozen=True)
class HeldCase:
    """Checks a release against the register of holds."""

    register: Register

    def identifier(self, stated: str) -> str:
        """Return the case's reference; raise ``Refused`` where none could be written so."""
        try:
            return requests.case_ref(stated, "id")
        except BadRequest as problem:
            raise Refused(str(problem)) from None

    def items(self, identifier: str, stated: tuple[str, ...] | None) -> tuple[str, ...]:
        """Return the contacts that are to be released, none where all are.

        Raises ``Refused`` for one that is not held.
        """
        held = frozenset(self.register.contacts_of(requests.case_ref(identifier, "id")))
        if not held:
            raise Refused("id: the case holds no contact")
        if stated is None:
            return ()
        try:
            named = tuple(requests.contact_id(one) for one in stated)
        except BadRequest as problem:
            raise Refused(str(problem)) from None
        if not held.issuperset(named):
            raise Refused("contact_ids: names a contact that the case does not hold")
        return named


@dataclass(frozen=True)
class CardData:
    """Checks a removal of card data: objects of the stores that Connect writes into, by the names of their buckets.

    Whether they are there is not asked: whoever looks may find nothing today and a late recording tomorrow.
    """

    buckets: Collection[str]
    hold_bucket: str

    def identifier(self, stated: str) -> str:
        """Return the contact's id; raise ``Refused`` where none could be written so."""
        try:
            return requests.contact_id(stated, "id")
        except BadRequest as problem:
            raise Refused(str(problem)) from None

    def items(self, identifier: str, stated: tuple[str, ...] | None) -> tuple[str, ...]:  # noqa: ARG002 - the port's
        """Return the objects that are to go, each as ``bucket/key``; raise ``Refused`` for none, or one elsewhere."""
        if stated is None:
            raise Refused("objects: is missing")
        try:
            objects = tuple(dict.fromkeys(stored_object(one) for one in stated))
        except ValueError as problem:
            raise Refused(f"objects: {problem}") from None
        if any(one.bucket == self.hold_bucket for one in objects):
            raise Refused("objects: name the original and not the copy, which goes with it")
        if any(one.bucket not in self.buckets for one in objects):
            raise Refused("objects: names a bucket that is none of the record stores")
        return tuple(str(one) for one in objects)
