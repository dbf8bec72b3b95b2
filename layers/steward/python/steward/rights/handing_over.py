"""Handing a package over: a link that opens for minutes, to whoever may have it, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from steward.clock import Clock, london_date
from steward.decisions.people import Person, StaffRole
from steward.holds.requests import BadRequest
from steward.rights.commands import request_id
from steward.rights.ports import Requests, VersionConflict

LINK_SECONDS: Final = 900
"""The store refuses a link that is older, whoever signed it."""

_TRIES: Final = 8


class Links(Protocol):
    """The store of rights."""

    def link(self, key: str, seconds: int) -> str:
        """Return an address at which the object can be fetched for so long."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What whoever asked for a link hears."""

    status: str
    reason: str = ""
    link: str = ""
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class HandingOver:
    """Gives links to approved packages."""

    clock: Clock
    requests: Requests
    links: Links

    def give(self, stated: Mapping[str, Any], by: Person) -> Answer:  # noqa: PLR0911 - one for each refusal
        """Return a link to a request's package, or why there is none.

        Raises ``VersionConflict`` if others keep changing the request.
        """
        if by.role != StaffRole.INFORMATION_OFFICER:
            return _refused("role")
        try:
            name = request_id(str(stated.get("request") or ""))
        except BadRequest as problem:
            return _refused(str(problem))
        for _ in range(_TRIES):
            known = self.requests.find(name)
            if known is None:
                return _refused("request: is not on record")
            request, today = known.request, london_date(self.clock.now())
            package = request.package
            if not request.open or package is None or package.approved_at is None or package.gone:
                return _refused("request: has no package that was approved and is still there")
            if request.identity.outstanding:
                return _refused("request: the person has not shown yet who they are")
            if request.authority and request.authority.until and request.authority.until < today:
                return _refused("request: the authority of whoever acts for the person has expired")
            if package.links and not str(stated.get("why") or "").strip():
                return _refused("why: a link was given before; say why another is needed")
            counted = replace(package, links=package.links + 1)
            try:
                self.requests.save(request, replace(request, package=counted))
            except VersionConflict:
                continue
            return Answer(status="given", link=self.links.link(package.key, LINK_SECONDS), count=counted.links)
        raise VersionConflict("others keep changing this request")


def _refused(reason: str) -> Answer:
    return Answer(status="refused", reason=reason)
