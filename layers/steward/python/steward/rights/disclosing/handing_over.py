"""Handing a prepared copy over: a link of minutes, to a disclosure officer, with every condition checked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from steward.clock import Clock, london_date
from steward.decisions.people import Person, StaffRole
from steward.holds.requests import BadRequest
from steward.rights.disclosing.commands import disclosure_id
from steward.rights.disclosing.ports import Disclosures
from steward.rights.handing_over import LINK_SECONDS, Answer, Links
from steward.rights.ports import VersionConflict

_TRIES: Final = 8


@dataclass(frozen=True, kw_only=True)
class HandingOverCopies:
    """Gives links to prepared copies."""

    clock: Clock
    disclosures: Disclosures
    links: Links

    def give(self, stated: Mapping[str, Any], by: Person) -> Answer:  # noqa: PLR0911 - one for each refusal
        """Return a link to a disclosure's copy, or why there is none.

        Raises ``VersionConflict`` if others keep changing the disclosure.
        """
        if by.role != StaffRole.DISCLOSURE_OFFICER:
            return _refused("role")
        try:
            name = disclosure_id(str(stated.get("disclosure") or ""))
        except BadRequest as problem:
            return _refused(str(problem))
        for _ in range(_TRIES):
            known = self.disclosures.find(name)
            if known is None:
                return _refused("disclosure: is not on record")
            disclosure = known.disclosure
            barred = disclosure.barred_on(london_date(self.clock.now()))
            if barred:
                return _refused(barred)
            copy = disclosure.prepared
            if copy is None or copy.gone or not copy.files:
                return _refused("disclosure: has no copy that was prepared and is still there")
            if copy.links and not str(stated.get("why") or "").strip():
                return _refused("why: a link was given before; say why another is needed")
            counted = replace(copy, links=copy.links + 1)
            try:
                self.disclosures.save(disclosure, replace(disclosure, prepared=counted))
            except VersionConflict:
                continue
            return Answer(status="given", link=self.links.link(copy.key, LINK_SECONDS), count=counted.links)
        raise VersionConflict("others keep changing this disclosure")


def _refused(reason: str) -> Answer:
    return Answer(status="refused", reason=reason)
