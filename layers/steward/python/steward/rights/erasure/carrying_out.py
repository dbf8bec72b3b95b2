"""Carrying an erasure out: the ledger first, then Connect, every version of every object, registers and records.

It may die after any call and is repeated: what is gone is not found again. What is held waits, whatever was agreed on;
whether it is held is asked of the register right before each contact. Connect sends the record of a contact once more
when it changes, so everything is looked for again once that must have arrived, before anything is called done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Final

from steward.clock import Clock
from steward.failures import AwsError, UnreadableRow
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from steward.rights.erasure.artefacts import (
    ANOTHER_BUCKET,
    ANOTHER_VALUE,
    CHAIN,
    CONNECT,
    CONTACT_RECORD,
    NOT_REDACTED,
    SMS_LOG,
    UNKNOWN_MONTH,
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    Order,
)
from steward.rights.erasure.planning import UNKNOWN, Looking, undated, unreadable
from steward.rights.erasure.ports import FAULTS, Hindrance, Ledger, LockedObject, Version, untold
from steward.rights.finding.scanning import UnreadableRecords
from steward.rights.requests import RequestId

LOCKED: Final = "locked"
"""The ground of what S3 did not let go, although no hold is on record."""

Save = Callable[[Iterable[Artefact]], None]


class SwitchedOff(Exception):
    """The switch of disposals, or its limit, does not let it go now; the text says which."""


@dataclass
class Swept:
    """What one pass came to. ``artefacts``: what it found or changed; ``removed``: what it took away."""

    artefacts: dict[tuple[str, str, ContactId], Artefact] = field(default_factory=dict)
    removed: int = 0
    seen: tuple[ContactId, ...] = ()
    read_to: str = ""
    """The last object of exported records that was seen to."""
    asked_to: str = ""
    """The last object that had been planned, was not found, and was asked for by name."""
    retry: bool = False
    cut_short: bool = False

    def note(self, *artefacts: Artefact) -> None:
        """Keep what became of these."""
        self.artefacts.update({one.place: one for one in artefacts})


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One pass: what was agreed on, the erasure as it stands, what became of it, and how that is kept.

    ``save`` keeps what is about to go before it goes. With ``since`` only records written since then are looked at.
    """

    order: Order
    known: Erasure
    save: Save
    swept: Swept
    time_left: Callable[[], bool]
    stopped: Callable[[], bool] = lambda: False
    """Whether somebody stopped the order meanwhile."""
    since: datetime | None = None

    def before(self, one: Artefact) -> Artefact | None:
        """Return how an artefact stood before."""
        return next((artefact for artefact in self.known.artefacts if artefact.place == one.place), None)

    def unreached(self, contact: Erased) -> tuple[Artefact, ...]:
        """Return what stands for a contact that could not be looked at: never what is to stay."""
        whole = Artefact(store=CONNECT, key=contact.contact_id, contact_id=contact.contact_id)
        if not self.order.keeps(whole):
            return (whole,)
        mine = (one for one in self.known.artefacts if one.contact_id == contact.contact_id)
        return tuple(one for one in mine if one.unfinished and not self.order.keeps(one))

    def failed(self, artefact: Artefact, problem: AwsError | UnreadableRow) -> Artefact:
        """Return an artefact as it stands for what asking for it, or removing it, came to."""
        self.swept.retry = self.swept.retry or (isinstance(problem, AwsError) and problem.retryable)
        return untold(problem).keeping(artefact)

    def lets_attributes_go(self, contact_id: ContactId) -> bool:
        """Tell whether the order takes what a contact of a chain shares: it is in it, and nobody refused."""
        place = Artefact(store=CONNECT, key=contact_id, contact_id=contact_id).place
        return place not in self.order.refused and any(each.contact_id == contact_id for each in self.order.contacts)


@dataclass(frozen=True, kw_only=True)
class CarryingOut:
    """Makes passes over everything that an order is about."""

    clock: Clock
    looking: Looking
    ledger: Ledger
    switch: Callable[[], DisposalSwitch]

    def dated(self, order: Order, known: Erasure) -> tuple[Erased, ...]:
        """Return the contacts of an order, each of an unknown month with that which was, or can be, learnt since."""
        learnt = {each.contact_id: each for each in known.contacts if each.month != UNKNOWN}
        return tuple(
            each if each.month != UNKNOWN else learnt.get(each.contact_id) or self._dated(each, order.request)
            for each in order.contacts
        )

    def _dated(self, contact: Erased, request: RequestId) -> Erased:
        try:
            return replace(contact, month=self.looking.month(contact.contact_id, request))
        except AwsError:
            return contact

    def sweep(self, one: Pass) -> None:
        """Remove what is there of the order's contacts and may go; what fails stops nothing else.

        What became of it is in ``one.swept``, also where this ends early. Raises ``SwitchedOff`` before anything else
        goes.
        """
        # What two people agreed to keep stays kept where a restored register has it otherwise.
        stays = one.known.forgotten(one.order)
        one.swept.note(*stays)
        one = replace(one, known=one.known.with_artefacts(stays))
        for contact in one.order.contacts:
            if contact.contact_id in one.swept.seen:
                continue
            if not one.time_left() or one.stopped():
                one.swept.cut_short = True
                return
            try:
                if contact.month == UNKNOWN:
                    one.swept.note(*(each for each in [undated(contact)] if not one.order.keeps(each)))
                else:
                    learnt = [each for each in one.known.artefacts if each.place == undated(contact).place]
                    one.swept.note(*(_not_there(each, None) for each in learnt if each.unfinished))
                    self._contact(one, contact, self._hindrance(one, contact.contact_id))
            except FAULTS as problem:
                one.swept.note(*(one.failed(each, problem) for each in one.unreached(contact)))
            one.swept.seen = (*one.swept.seen, contact.contact_id)
        self._lines(one)

    def _contact(self, one: Pass, contact: Erased, hindrance: Hindrance | None) -> None:
        found = [
            each
            for each in self.looking.of(contact, one.order.request, hindrance)
            if not one.order.keeps(each) and each.status is not ArtefactStatus.REFUSED
        ]
        there = {each.place for each in found}
        mine = [each for each in one.known.artefacts if each.contact_id == contact.contact_id]
        # Once Connect forgets a contact it has nothing of it that nobody could judge.
        unjudged = [each for each in mine if each.status is ArtefactStatus.NOT_VERIFIED and each.place not in there]
        one.swept.note(*(_not_there(each, None) for each in unjudged))
        if hindrance is None:
            # What was planned and is not named any more, such as a recording that Connect forgot, is asked for by name.
            found += [
                replace(each, status=ArtefactStatus.PENDING, ground="", until=None)
                for each in mine
                if each.unfinished
                and each.place not in there
                and each.store != CONTACT_RECORD
                # Nothing of steward's looks there: it stays a failure until somebody removed it.
                and each.ground != ANOTHER_BUCKET
            ]
        # What Connect has something else in the place of is not redacted every night: it would be told as come back.
        found = [each for each in found if not _is_another_value(each, one.before(each))]
        going = [replace(each, begun=True) for each in found if each.status is ArtefactStatus.PENDING]
        one.swept.note(*(each for each in found if each.status is not ArtefactStatus.PENDING))
        versions = {each.place: self._versions(each) for each in going}
        lines = [line for each in going for line in _announced(each, versions[each.place])]
        if not lines:
            one.swept.note(*(_not_there(each, one.before(each)) for each in going))
            return
        self._check_switch(one.swept.removed + len(lines))
        one.save(going)
        self.ledger.announce(one.order.request, self.clock.now(), lines)
        for each in going:
            one.swept.note(self._one(one, each, versions[each.place]))

    def _one(self, one: Pass, artefact: Artefact, versions: tuple[Version, ...]) -> Artefact:
        """Remove one artefact, and return it as it stands then."""
        kept = self.looking.kept
        # A hold that came since the contact was looked at wins: it is asked for once more, right before the act.
        hindrance = self._hindrance(one, artefact.contact_id)
        if hindrance is not None and hindrance.defers(artefact):
            return hindrance.keeping(artefact)
        try:
            if artefact.store == CONNECT:
                # Only what was typed belongs to a chain; the parts that Connect redacts are the contact's own. Of a
                # chain that Connect does not list nobody knows whose it is: it stays.
                chain = () if artefact.key != artefact.contact_id else kept.chain(artefact.contact_id)
                chain_is_free = chain is not None and all(
                    one.lets_attributes_go(each) and self._hindrance(one, each) is None for each in chain
                )
                left = kept.redact(artefact, chain_is_free=chain_is_free)
                if left:
                    return _left(artefact, left, one.before(artefact))
            elif artefact.store == SMS_LOG:
                kept.blank(artefact)
            elif not versions:
                return _not_there(artefact, one.before(artefact))
            else:
                kept.remove(artefact, versions)
        except LockedObject:
            return replace(artefact, status=ArtefactStatus.DEFERRED, ground=LOCKED)
        except AwsError as problem:
            return one.failed(artefact, problem)
        one.swept.removed += max(len(versions), 1)
        return replace(artefact, status=ArtefactStatus.ERASED, ground="", until=None)

    def _lines(self, one: Pass) -> None:
        """Rewrite every object that has lines of contacts that may go, then remove its earlier versions."""
        hindrance = cache(lambda contact_id: self._hindrance(one, contact_id))
        for found in self.looking.lines(one.order.contacts, one.since, one.swept.read_to):
            if not one.time_left():
                one.swept.cut_short = True
                return
            asked = [each for each in found.artefacts if not one.order.keeps(each)]
            one.swept.note(*(each for each in asked if each.status is ArtefactStatus.FAILED))
            there = [each for each in asked if each.status is ArtefactStatus.PENDING]
            waits = {each: hindrance(each.contact_id) for each in there}
            one.swept.note(*(why.keeping(each) for each, why in waits.items() if why is not None))
            one.swept.retry = one.swept.retry or found.retry
            if not self._object(one, found.key, [each for each, why in waits.items() if why is None]):
                return
            one.swept.read_to = found.key
        mine = {each.contact_id for each in one.order.contacts}
        left = [
            each
            for each in one.known.artefacts
            if each.store == CONTACT_RECORD and each.unfinished and each.place not in one.swept.artefacts
            if each.ground != UNKNOWN_MONTH
            if each.contact_id in {"", *mine} and each.key > one.swept.asked_to
            if not (each.contact_id and hindrance(each.contact_id))
        ]
        for key, of_it in groupby(sorted(left, key=lambda each: each.place), key=lambda each: each.key):
            if not one.time_left():
                one.swept.cut_short = True
                return
            asked = list(of_it)
            # An attempt that died between the writing and the removal left earlier versions of what it had begun.
            if not self._object(one, key, [each for each in asked if each.begun]):
                return
            one.swept.note(*self._gone(one, key, [each for each in asked if not each.begun]))
            one.swept.asked_to = key

    def _object(self, one: Pass, key: str, artefacts: list[Artefact]) -> bool:
        """Take those lines out of an object; return False, and begin nothing, where the order was stopped."""
        going = [replace(each, begun=True, status=ArtefactStatus.PENDING, ground="", until=None) for each in artefacts]
        if not going:
            return True
        if one.stopped():
            one.swept.cut_short = True
            return False
        self._check_switch(one.swept.removed + len(going))
        one.save(going)
        lines = [{"store": CONTACT_RECORD, "key": key, "contact_id": each.contact_id} for each in going]
        self.ledger.announce(one.order.request, self.clock.now(), lines)
        one.swept.note(*self._rewritten(one, key, going))
        return True

    def _rewritten(self, one: Pass, key: str, artefacts: list[Artefact]) -> list[Artefact]:
        hindrances = {each: self._hindrance(one, each.contact_id) for each in artefacts}
        going = [each for each in artefacts if hindrances[each] is None]
        deferred = [hindrance.keeping(each) for each, hindrance in hindrances.items() if hindrance is not None]
        records = self.looking.records
        try:
            if going:
                ids = [each.contact_id for each in going]
                records.rewrite(key, ids)
                records.remove(records.earlier(key, ids))
        except LockedObject:
            return [*deferred, *(replace(each, status=ArtefactStatus.DEFERRED, ground=LOCKED) for each in going)]
        except UnreadableRecords:
            return [*deferred, unreadable(key)]
        except AwsError as problem:
            return [*deferred, *(one.failed(each, problem) for each in going)]
        one.swept.removed += len(going)
        erased = (replace(each, status=ArtefactStatus.ERASED, ground="", until=None) for each in going)
        return [*deferred, *erased]

    def _gone(self, one: Pass, key: str, planned: list[Artefact]) -> list[Artefact]:
        """Return, of records that were planned and not found, those that are in their object no more, as that.

        An object that could not be read was perhaps of anybody's: it is done with once it can be.
        """
        if not planned:
            return []
        try:
            there = self.looking.records.contacts_in(key, [each.contact_id for each in one.order.contacts])
        except (UnreadableRecords, AwsError):
            return []
        return [_not_there(each, each) for each in planned if not each.contact_id or each.contact_id not in there]

    def _hindrance(self, one: Pass, contact_id: ContactId) -> Hindrance | None:
        """Return why nothing of a contact may go now; that it cannot be asked is a reason, and stops no other."""
        try:
            return self.looking.hindrance(contact_id, one.order.request)
        except AwsError as problem:
            one.swept.retry = True
            return untold(problem)

    def _versions(self, one: Artefact) -> tuple[Version, ...]:
        return () if one.store in (CONNECT, SMS_LOG) else self.looking.kept.versions(one)

    def _check_switch(self, wanted: int) -> None:
        """Raise ``SwitchedOff`` unless so much may go; a switch that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            raise SwitchedOff("the switch of disposals cannot be read") from None
        if switch.mode is not Mode.ON:
            raise SwitchedOff("disposal is switched off")
        if wanted > switch.limit:
            raise SwitchedOff(f"it would be more than the {switch.limit} that one run may remove")


def _announced(one: Artefact, versions: tuple[Version, ...]) -> list[dict[str, str]]:
    line = {"store": one.store, "key": one.key, "contact_id": one.contact_id}
    if one.store in (CONNECT, SMS_LOG):
        return [line]
    return [{**line, "version_id": version.version_id} for version in versions]


def _not_there(one: Artefact, before: Artefact | None) -> Artefact:
    """Return what is not there any more: erased by an attempt that died, or gone by itself before."""
    erased = before is not None and (before.begun or before.status is ArtefactStatus.ERASED)
    return replace(
        one,
        status=ArtefactStatus.ERASED if erased else ArtefactStatus.ALREADY_GONE,
        ground="",
        until=None,
    )


def _is_another_value(one: Artefact, before: Artefact | None) -> bool:
    known = before is not None and before.status is ArtefactStatus.NOT_VERIFIED and before.ground == ANOTHER_VALUE
    return known and one.status is ArtefactStatus.PENDING


def _left(one: Artefact, ground: str, before: Artefact | None) -> Artefact:
    """Return what Connect did not let go: attributes of a chain wait, and what nobody can tell is said to be that.

    What stands as before is asked for once more by the next pass, and is a failure if it stands then: Connect does not
    say how soon it answers by what it was told.
    """
    status = {CHAIN: ArtefactStatus.DEFERRED, ANOTHER_VALUE: ArtefactStatus.NOT_VERIFIED}.get(ground)
    if status is None:
        asked = before is not None and before.begun and before.ground == NOT_REDACTED
        status = ArtefactStatus.FAILED if asked else ArtefactStatus.PENDING
    return replace(one, status=status, ground=ground)
