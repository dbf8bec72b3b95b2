"""What becomes of a disclosure when something is said about it. A request that lacks something is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from steward.clock import Clock, london_date
from steward.decisions.people import are_two_people
from steward.decisions.subjects import Decision
from steward.holds.requests import BadRequest
from steward.ids import CaseRef, RecordClass, Sha256
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.policy.disclosure import Need, RecipientKind
from steward.rights.clock.holidays import Holidays
from steward.rights.disclosing import commands, gate
from steward.rights.disclosing.commands import Command, Decided, HandedOver, Requested
from steward.rights.disclosing.ports import Disclosures, Lacking, Notices, NotYet, Originals, Shelf
from steward.rights.disclosing.preparing import prepared
from steward.rights.disclosing.register import REJECTED, Chosen, Disclosure, Grant, Listed, Papers, Refusal, Telling
from steward.rights.ports import VersionConflict
from steward.rights.requests import HandOver

_TRIES: Final = 8
MOST_REFUSALS: Final = 20
"""So many refusals for want of something are remembered, the newest; of those by a person every one is."""
PAPERS: Final = (Need.FORM_KEY, Need.AUTHORISER, Need.BASIS)
"""What follows an emergency by the next working day."""


@dataclass(frozen=True, kw_only=True)
class Handling:
    """Applies commands, each once, lists the files that may be chosen and prepares what was granted."""

    clock: Clock
    policy: DisclosurePolicy
    holidays: Holidays
    disclosures: Disclosures
    originals: Originals
    shelf: Shelf
    notices: Notices
    count: Callable[[str, int], None]

    def take(self, event_id: str, command: Command) -> None:
        """Apply a command; the same event again changes nothing, and completes what was left undone.

        Raises ``Lacking`` for a request that lacks something, ``BadRequest`` for what cannot be, ``NotYet`` in an
        emergency whose recording is not there yet, and ``VersionConflict`` if others keep changing the same disclosure.
        """
        for _ in range(_TRIES):
            known = self.disclosures.find(command.disclosure)
            if known is not None and event_id in known.events:
                _unless_lacking(known.disclosure)
                self._go_on(known.disclosure)
                return
            before = known.disclosure if known else None
            after, problems = self._applied(before, command)
            # Told before it is kept: whoever dies in between tells twice, and the other way round nobody would.
            self._tell(after, command, problems)
            try:
                stored = self.disclosures.save(before, after, event_id)
            except VersionConflict:
                continue
            _unless_lacking(stored)
            self._go_on(stored)
            return
        raise VersionConflict("others keep changing this disclosure")

    def _tell(self, after: Disclosure, command: Command, problems: Mapping[str, str]) -> None:
        if problems:
            self.count("DisclosureRefused", 1)
            self.notices.refused(after, problems)
        elif isinstance(command, Decided) and command.decision is Decision.REQUEST:
            self.notices.proposed(after)
        elif isinstance(command, Requested) and after.emergency and after.prepared is None:
            self.count("EmergencyDisclosure", 1)
            self.notices.emergency(after)

    def _applied(self, before: Disclosure | None, command: Command) -> tuple[Disclosure, Mapping[str, str]]:
        about = f"disclosure {command.disclosure}"
        try:
            match command:
                case Requested():
                    return self._requested(before, command)
                case Decided():
                    return self._decided(_known(before), command), {}
                case HandedOver():
                    return _handed_over(_known(before), command), {}
        except BadRequest as refusal:
            refusal.about = refusal.about or about
            raise

    def _requested(self, before: Disclosure | None, said: Requested) -> tuple[Disclosure, Mapping[str, str]]:
        if before is not None and before.grant is not None and before.papers and said.kind == before.kind:
            return self._papers(before, before.papers, said)
        if before is not None and before.passed:
            if (before.kind, before.contact_ids) != (said.kind, said.contact_ids):
                raise BadRequest("disclosure", "is on record already, as another one")
            if not before.rejected:
                # Asked again before anything was proposed: what came since can be chosen as well.
                return (before if before.proposal or before.grant else replace(before, listed=())), {}
        problems, stated, digest = dict(said.problems), dict[str, str](), None
        needs = self.policy.needs_of(RecipientKind(said.kind)) if "kind" not in problems else None
        if "kind" not in problems and needs is None:
            problems["kind"] = "is not on the council's list of recipients"
        if needs is not None:
            shown = gate.examine(RecipientKind(said.kind), needs, said.detail, said.contact_ids, said.at)
            stated, digest = shown.stated, self._form(shown)
            problems |= shown.problems
            problems |= self._without_hold(said, stated)
        refused = (Refusal(at=said.at, because=tuple(problems)),) if problems else ()
        disclosure = Disclosure(
            id=said.disclosure,
            kind=said.kind,
            contact_ids=said.contact_ids,
            requested_by=said.requested_by,
            asked_at=said.at,
            first_day=said.first_day,
            last_day=said.last_day,
            stated=stated,
            form_sha256=digest,
            refused_because=tuple(problems),
            refusals=_remembered((*(before.refusals if before else ()), *refused)),
            papers=self._owed(said) if said.kind == RecipientKind.EMERGENCY and not problems else None,
            version=before.version if before else 0,
        )
        return disclosure, problems

    def _owed(self, said: Requested) -> Papers:
        return Papers(due_on=self.holidays.working_day_from(london_date(said.at) + timedelta(days=1)))

    def _papers(self, before: Disclosure, owed: Papers, said: Requested) -> tuple[Disclosure, Mapping[str, str]]:
        """Take the papers that an emergency owes; what they lack is told, and they stay due."""
        if owed.came_on is not None or not str(said.detail.get(Need.FORM_KEY) or ""):
            return before, {}
        shown = gate.examine(RecipientKind.AGENCY, PAPERS, said.detail, before.contact_ids, said.at)
        digest = self._form(shown)
        if shown.problems:
            return before, shown.problems
        came = replace(owed, came_on=london_date(said.at))
        return replace(before, papers=came, stated={**before.stated, **shown.stated}, form_sha256=digest), {}

    def _form(self, shown: gate.Shown) -> Sha256 | None:
        key = shown.stated.get(Need.FORM_KEY)
        if key is None:
            return None
        digest = self.shelf.digest(key)
        if digest is None:
            shown.problems[Need.FORM_KEY] = "names no object that is in the store of rights"
        return digest

    def _without_hold(self, said: Requested, stated: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with a complaint's reference: it has to hold every contact that is asked for."""
        case = stated.get(Need.CASE)
        if said.kind != RecipientKind.COMPLAINT_SERVICE or case is None:
            return {}
        if all(self.originals.holds_for_complaint(one, CaseRef(case)) for one in said.contact_ids):
            return {}
        return {Need.CASE: "is no complaint that holds every contact that is asked for"}

    def _decided(self, before: Disclosure, said: Decided) -> Disclosure:
        if before.refused_because:
            raise BadRequest("disclosure", "was refused")
        silence = before.grant is not None and bool(before.prepared)
        if said.decision is Decision.REJECT:
            if before.grant is not None:
                raise BadRequest("disclosure", "was granted already")
            refused = Refusal(at=said.at, because=(REJECTED,), by=said.by)
            return replace(before, refused_because=(REJECTED,), refusals=(*before.refusals, refused))
        if said.decision is Decision.REQUEST:
            return replace(before, proposal=self._stated(before, said, telling_alone=silence))
        if before.proposal is None or before.proposal.proposal != said.proposal:
            # It may have overtaken the proposal that it is about.
            raise BadRequest("proposal", "is not the one that stands", final=False)
        if not all(are_two_people(one, said.by) for one in prepared_by(before)):
            raise BadRequest("by", "is somebody who asked or prepared, and does not decide")
        decided = replace(before.proposal, by=said.by, at=said.at)
        if silence and before.grant is not None:
            return replace(before, grant=replace(before.grant, telling=decided.telling), proposal=None)
        return replace(before, grant=decided)

    def _stated(self, before: Disclosure, said: Decided, *, telling_alone: bool) -> Grant:
        longest = timedelta(days=self.policy.copies_days)
        stated = commands.grant(
            said.detail,
            kind=before.kind,
            longest=longest,
            by=said.by,
            at=said.at,
            proposal=said.proposal,
            telling_alone=telling_alone,
        )
        return replace(stated, files=named(before, stated.files))

    def _go_on(self, disclosure: Disclosure) -> None:
        """List the files that may be chosen, and prepare what was granted; each once, and again where it died."""
        if disclosure.refused_because or disclosure.prepared is not None:
            return
        wanted = _said_in(disclosure) if disclosure.emergency else disclosure.listed
        if disclosure.grant is None and not wanted:
            disclosure = self._listed(disclosure)
        if disclosure.emergency and disclosure.grant is None:
            if not _said_in(disclosure):
                raise NotYet("nothing that was said is kept of these contacts yet")
            disclosure = self.disclosures.save(disclosure, replace(disclosure, grant=self._at_once(disclosure)))
        if disclosure.grant is not None:
            ready = prepared(disclosure, disclosure.grant, self.originals, self.shelf, self.clock.now())
            after = replace(disclosure, prepared=ready)
            self.notices.ready(after)
            self.disclosures.save(disclosure, after)

    def _listed(self, disclosure: Disclosure) -> Disclosure:
        found = tuple(
            file
            for contact in disclosure.contact_ids
            for file in self.originals.files(contact, disclosure.first_day, disclosure.last_day)
        )
        return self.disclosures.save(disclosure, replace(disclosure, listed=found, listed_at=self.clock.now()))

    def _at_once(self, disclosure: Disclosure) -> Grant:
        """Return what goes out in an emergency: what was said, and nothing else of the contact."""
        now = self.clock.now()
        return Grant(
            files=tuple(Chosen(file=one.source_key) for one in _said_in(disclosure)),
            expires_on=london_date(now) + timedelta(days=self.policy.copies_days),
            telling=Telling(tell=True),
            by=disclosure.stated[Need.DECIDED_BY],
            at=now,
        )


def _said_in(disclosure: Disclosure) -> tuple[Listed, ...]:
    """Return the listed files in which something was said."""
    said = (RecordClass.CALL_RECORDING, RecordClass.CHAT_TRANSCRIPT, RecordClass.EMAIL_MESSAGE)
    return tuple(one for one in disclosure.listed if one.record_class in said)


def prepared_by(disclosure: Disclosure) -> tuple[str, ...]:
    """Return everybody who asked for it or proposed what to give: none of them decides."""
    proposal = disclosure.proposal
    return tuple(one for one in (disclosure.requested_by, proposal.by if proposal else "") if one)


def named(disclosure: Disclosure, files: tuple[Chosen, ...]) -> tuple[Chosen, ...]:
    """Return the files by their whole keys.

    Raises ``BadRequest`` for one that is none of the disclosure's contacts, and for one that is named twice.
    """
    found = list[Chosen]()
    for one in files:
        listed = disclosure.chosen(one.file)
        if listed is None:
            raise BadRequest("files", "names a file that is not kept of a contact of this disclosure", final=False)
        if any(each.file == listed.source_key for each in found):
            # Once with cuts and once without would give all of it.
            raise BadRequest("files", "names the same file twice")
        found.append(replace(one, file=listed.source_key))
    return tuple(found)


def _remembered(refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Return the refusals that stay on record: somebody who keeps sending a request that lacks something fills none."""
    lacking = [one for one in refusals if not one.by][-MOST_REFUSALS:]
    return tuple(one for one in refusals if one.by or one in lacking)


def _unless_lacking(disclosure: Disclosure) -> None:
    if not disclosure.passed:
        names = ", ".join(disclosure.refused_because)
        raise Lacking(disclosure.refused_because[0], f"was refused, for want of {names}", about=str(disclosure.id))


def _known(before: Disclosure | None) -> Disclosure:
    if before is None:
        raise BadRequest("disclosure", "is not on record", final=False)
    return before


def _handed_over(before: Disclosure, said: HandedOver) -> Disclosure:
    barred = before.barred_on(said.on)
    if barred:
        field, _, problem = barred.partition(": ")
        raise BadRequest(field, problem)
    if before.prepared is None:
        raise BadRequest("disclosure", "has no copy that was prepared", final=False)
    if said.on < _granted_on(before):
        raise BadRequest("on", "lies before the day on which it was granted")
    return replace(before, hand_overs=(*before.hand_overs, HandOver(route=said.route, on=said.on)))


def _granted_on(disclosure: Disclosure) -> date:
    return london_date(disclosure.grant.at) if disclosure.grant else date.max
