"""What the decision about a release is about: a case that is on record, and contacts that it holds."""

from __future__ import annotations

from dataclasses import dataclass

from steward.decisions.deciding import Refused
from steward.holds import requests
from steward.holds.ports import Register
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
        """Return the contacts that are to be released, none where all are; raise ``Refused``."""
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
