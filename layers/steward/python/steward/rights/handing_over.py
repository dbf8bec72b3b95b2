"""Handing a package over: a link that opens for minutes, to whoever may have it, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Protocol

from steward.clock import Clock, london_date
from steward.decisions.people import Person, StaffRole
from steward.holds.requests import BadRequest
from steward.rights.commands import request_id
from steward.rights.ports import Requests, VersionConflict
from steward.rights.requests import SubjectRequest

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

    def give(self, stated: Mapping[str, Any], by: Person) -> Answer:
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
            request = known.request
            package, hindrance = request.package, _hindrance(request, london_date(self.clock.now()))
            if package is None or hindrance:
                return _refused(hindrance)
            if package.links and not str(stated.get("why") or "").strip():
                return _refused("why: a link was given before; say why another is needed")
            counted = replace(package, links=package.links + 1)
            try:
                self.requests.save(request, replace(request, package=counted))
            except VersionConflict:
                continue
            return Answer(status="given", link=self.links.link(package.key, LINK_SECONDS), count=counted.links)
        raise VersionConflict("others keep changing this request")


def _hindrance(request: SubjectRequest, today: date) -> str:
    """Return why a request's package may not go out today; nothing if it may."""
    package, authority = request.package, request.authority
    if not request.open or package is None or package.approved_at is None or package.gone:
        return "request: has no package that was approved and is still there"
    if request.undecided:
        return "request: another contact was found since; somebody has to say whose it is"
    if request.identity.outstanding:
        return "request: the person has not shown yet who they are"
    if authority and authority.until and authority.until < today:
        return "request: the authority of whoever acts for the person has expired"
    return ""


def _refused(reason: str) -> Answer:
    return Answer(status="refused", reason=reason)
