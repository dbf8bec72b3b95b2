"""What becomes of a request when something is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from steward.clock import Clock, london_date
from steward.holds.requests import BadRequest
from steward.rights.clock.deadlines import Pause, Promise, last_day_to_extend
from steward.rights.clock.holidays import Holidays
from steward.rights.commands import (
    Command,
    ContactCorrected,
    ErasureScoped,
    Fact,
    ItemReviewed,
    MatchDecided,
    PackageApproved,
    Received,
)
from steward.rights.ports import Notices, Requests, VersionConflict, Work
from steward.rights.requests import (
    RESTRICTING,
    Authority,
    Closing,
    Correction,
    Extension,
    HandOver,
    Identity,
    Item,
    Lifting,
    Match,
    Right,
    SubjectRequest,
    Verdict,
)

_TRIES: Final = 8

Said = MatchDecided | ItemReviewed | PackageApproved | ErasureScoped | ContactCorrected
"""What somebody decided, or handed in."""


@dataclass(frozen=True, kw_only=True)
class Handling:
    """Applies commands, each once, and lets follow what follows."""

    clock: Clock
    promise: Promise
    holidays: Holidays
    requests: Requests
    work: Work
    notices: Notices

    def take(self, event_id: str, command: Command) -> None:
        """Apply a command; the same event again changes nothing.

        Raises ``BadRequest`` for a move that cannot be made: final, unless what it needs may still come; and
        ``VersionConflict`` if others keep changing the same request.
        """
        for _ in range(_TRIES):
            known = self.requests.find(command.request)
            if known is not None and event_id in known.events:
                self._follow(command, known.request)
                return
            before = known.request if known else None
            after = self._applied(before, command)
            try:
                stored = self.requests.save(before, after, event_id)
            except VersionConflict:
                continue
            if isinstance(command, Received) and command.doubts:
                self.notices.doubts(command.request, command.doubts)
            self._follow(command, stored)
            return
        raise VersionConflict("others keep changing this request")

    def _applied(self, before: SubjectRequest | None, command: Command) -> SubjectRequest:
        about = f"request {command.request}"
        if isinstance(command, Received):
            return self._received(before, command)
        if before is None:
            raise BadRequest("request", "is not on record", about=about, final=False)
        after_all = isinstance(command, Fact) and command.kind in ("Request Closed", "Restriction Lifted")
        if not before.open and not after_all:
            raise BadRequest("request", "is closed", about=about)
        try:
            if isinstance(command, Fact):
                return _FACTS[command.kind](self, before, command)
            return _said(before, command)
        except BadRequest as refusal:
            refusal.about = refusal.about or about
            raise

    def _received(self, before: SubjectRequest | None, command: Received) -> SubjectRequest:
        if before is not None:
            if (before.right, before.intake_key) == (command.right, command.intake_key):
                return before
            raise BadRequest("request", "is on record already, as another request", about=f"request {command.request}")
        return SubjectRequest(
            id=command.request,
            right=command.right,
            received_on=command.received_on,
            opened_at=self.clock.now(),
            channel=command.channel,
            intake_key=command.intake_key,
            opened_by=command.opened_by,
            identity=Identity(needed=command.identity_needed),
            restricts=command.right in RESTRICTING,
        )

    def _identity_asked(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if request.identity.confirmed_on is not None:
            raise BadRequest("request", "its identity is confirmed already")
        asked_on = request.identity.asked_on or _not_before(fact.on, request.received_on)
        return replace(request, identity=replace(request.identity, needed=True, asked_on=asked_on))

    def _identity_confirmed(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if request.identity.confirmed_on is not None:
            return request
        on = _not_before(fact.on, request.identity.asked_on or request.received_on)
        return replace(request, identity=replace(request.identity, confirmed_on=on))

    def _authority_confirmed(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if fact.until is not None and fact.until < fact.on:
            raise BadRequest("until", "lies before the day on which the authority was confirmed")
        return replace(request, authority=Authority(kind=fact.detail, confirmed_on=fact.on, until=fact.until))

    def _asked(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        on = _not_before(fact.on, request.received_on)
        return replace(request, pauses=(*request.pauses, Pause(asked_on=on)))

    def _answered(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        waiting = next((one for one in request.pauses if one.answered_on is None), None)
        if waiting is None:
            raise BadRequest("request", "has no question that waits for an answer", final=False)
        answered = replace(waiting, answered_on=_not_before(fact.on, waiting.asked_on))
        return replace(request, pauses=tuple(answered if one is waiting else one for one in request.pauses))

    def _extended(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if request.extension is not None:
            if request.extension.told_on == fact.on:
                return request
            raise BadRequest("request", "was extended already; the law allows it once")
        last = last_day_to_extend(request.facts, self.holidays, london_date(self.clock.now()))
        if last is None:
            raise BadRequest("request", "has no deadline to extend: its clock does not run yet")
        if fact.on > last:
            raise BadRequest("told_on", f"is too late: the person had to be told by {last.isoformat()}")
        on = _not_before(fact.on, request.received_on)
        return replace(request, extension=Extension(told_on=on, reason=fact.detail))

    def _handed_over(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if request.package is None or request.package.approved_at is None:
            raise BadRequest("request", "has no package that was approved")
        if request.authority and request.authority.until and request.authority.until < fact.on:
            raise BadRequest("request", "the authority of whoever acts for the person has expired")
        return replace(request, hand_overs=(*request.hand_overs, HandOver(route=fact.detail, on=fact.on)))

    def _closed(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        closing = Closing(outcome=fact.detail, on=_not_before(fact.on, request.received_on))
        if request.closing is not None:
            if request.closing == closing:
                return request
            raise BadRequest("request", "is closed already")
        return replace(request, closing=closing)

    def _lifted(self, request: SubjectRequest, fact: Fact) -> SubjectRequest:
        if not request.restricts:
            raise BadRequest("request", "restricts nothing: there is nothing to lift")
        if request.lifted is not None:
            return request
        if request.closing is None:
            raise BadRequest("request", "is still open: close it first", final=False)
        told_on = _not_before(fact.on, request.received_on, "told_on")
        return replace(request, lifted=Lifting(told_on=told_on, on=london_date(self.clock.now())))

    def _follow(self, command: Command, request: SubjectRequest) -> None:
        """Set in motion what follows; also when it is said once more, as it may have been lost the first time."""
        match command:
            case Received() if request.search is None and request.open:
                self.work.search(request.id)
            case MatchDecided() if request.open:
                self._protect(command, request)
                self._go_on(request)
            case ErasureScoped() if request.open:
                self.work.plan(request.id)
            case ContactCorrected() if request.open:
                self.work.correct(request.id)
            case ItemReviewed() if request.open and request.right is Right.ACCESS:
                self.work.assemble(request.id)
            case Fact(kind="Request Closed" | "Restriction Lifted"):
                if request.right in RESTRICTING:
                    self.work.restrict(request.id)
                if request.ended_on is not None:
                    self.work.let_go(request)
            case _:
                pass

    def _go_on(self, request: SubjectRequest) -> None:
        """Do what the right that is exercised asks for once somebody said whose a contact is."""
        if request.right is Right.ACCESS:
            self.work.assemble(request.id)
        elif request.right is Right.ERASURE:
            self.work.plan(request.id)
        elif request.right in RESTRICTING:
            self.work.restrict(request.id)

    def _protect(self, command: MatchDecided, request: SubjectRequest) -> None:
        """Let a stranger's contact go, and hold one again that turned out to be the person's."""
        found = request.match(command.contact_id)
        if found is None or not found.held:
            return
        if found.verdict is Verdict.REJECTED:
            self.work.let_stranger_go(request.id, found.contact_id)
        elif found.verdict is Verdict.CONFIRMED:
            self.work.hold(request, (found.contact_id,))


_FACTS: Final[dict[str, Callable[[Handling, SubjectRequest, Fact], SubjectRequest]]] = {
    "Identity Asked": Handling._identity_asked,  # noqa: SLF001 - the table of its own moves
    "Identity Confirmed": Handling._identity_confirmed,  # noqa: SLF001
    "Authority Confirmed": Handling._authority_confirmed,  # noqa: SLF001
    "Clarification Asked": Handling._asked,  # noqa: SLF001
    "Clarification Answered": Handling._answered,  # noqa: SLF001
    "Request Extended": Handling._extended,  # noqa: SLF001
    "Package Handed Over": Handling._handed_over,  # noqa: SLF001
    "Request Closed": Handling._closed,  # noqa: SLF001
    "Restriction Lifted": Handling._lifted,  # noqa: SLF001
}


def _not_before(on: date, earliest: date, name: str = "on") -> date:
    if on < earliest:
        raise BadRequest(name, f"lies before {earliest.isoformat()}, when it could have happened first")
    return on


def _said(request: SubjectRequest, command: Said) -> SubjectRequest:
    """Return a request with what somebody decided, or handed in, of its contacts and files."""
    match command:
        case MatchDecided():
            return _matched(request, command)
        case ItemReviewed():
            return _reviewed(request, command)
        case PackageApproved():
            return _approved(request, command)
        case ErasureScoped():
            return _scoped(request, command)
        case ContactCorrected():
            return _corrected(request, command)


def _matched(request: SubjectRequest, command: MatchDecided) -> SubjectRequest:
    found = request.match(command.contact_id)
    if found is None:
        raise BadRequest("contact_id", "is no contact that was found for this request", final=False)
    decided = Match(
        contact_id=found.contact_id,
        verdict=command.verdict,
        why=command.why,
        by=command.by,
        on=command.on,
        weak=found.weak,
        held=found.held,
    )
    return replace(request.with_match(decided), package=None)


def _corrected(request: SubjectRequest, command: ContactCorrected) -> SubjectRequest:
    if request.right is not Right.RECTIFICATION:
        raise BadRequest("request", "is no request for rectification")
    if command.key == request.intake_key:
        raise BadRequest("object_key", "is the intake of the request, which identifies the person")
    found = request.match(command.contact_id)
    if found is None or found.verdict is not Verdict.CONFIRMED:
        raise BadRequest("contact_id", "is no contact that was confirmed as this person's", final=False)
    return request.with_correction(
        Correction(contact_id=command.contact_id, key=command.key, by=command.by, on=command.on)
    )


def _reviewed(request: SubjectRequest, command: ItemReviewed) -> SubjectRequest:
    named = command.file.rpartition("/")[2]
    exact = [one for one in request.to_review if command.file == one or command.file.endswith(f"/{one}")]
    alike = [one for one in request.to_review if one.rpartition("/")[2] == named]
    file = exact[0] if exact else alike[0] if len(alike) == 1 else None
    if file is None:
        raise BadRequest("file", "is no file of a contact that was confirmed for this request", final=False)
    item = Item(
        file=file, verdict=command.verdict, ground=command.ground, cuts=command.cuts, by=command.by, at=command.at
    )
    return replace(request.with_item(item), package=None)


def _approved(request: SubjectRequest, command: PackageApproved) -> SubjectRequest:
    if request.package is None:
        raise BadRequest("request", "has no package that waits for approval")
    if request.package.manifest_sha256 != command.manifest_sha256:
        raise BadRequest("manifest_sha256", "is not that of the package as it stands now")
    if request.package.approved_at is not None:
        return request
    return replace(request, package=replace(request.package, approved_by=command.by, approved_at=command.at))


def _scoped(request: SubjectRequest, command: ErasureScoped) -> SubjectRequest:
    if request.right is not Right.ERASURE:
        raise BadRequest("request", "is no request for erasure")
    return replace(request, erasure_scope=command.scope)
