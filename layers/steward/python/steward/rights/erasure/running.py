"""An erasure from its approval to its end, and every night after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from steward.clock import Clock, london_date
from steward.decisions.book import Row
from steward.decisions.people import StaffRole, are_two_people
from steward.decisions.subjects import Decision, Subject
from steward.failures import AwsError, UnreadableRow
from steward.ids import ContactId
from steward.rights.erasure.artefacts import (
    CAME_BACK,
    COPIES,
    DONE,
    OPEN,
    UNAPPROVED,
    Artefact,
    ArtefactStatus,
    Erasure,
    ErasureStatus,
    Look,
    Order,
)
from steward.rights.erasure.carrying_out import CarryingOut, Pass, Swept, SwitchedOff
from steward.rights.erasure.judging import proposed_by
from steward.rights.erasure.looks import answered, ended, since, standing
from steward.rights.erasure.ports import Erasures, Ledger, Notices, Outside, Work
from steward.rights.erasure.tombstones import tombstone_ends
from steward.rights.requests import RequestId

SETTLES_IN: Final = timedelta(minutes=45)
"""What Connect sends once more because of an erasure has arrived: Firehose delivers after 15 minutes, twice over."""

LONGEST_DELAY: Final = 900
"""The longest that SQS lets a message wait, in seconds."""

UNTOLD_RECIPIENTS: Final = "recipients"
"""Among what an erasure has been told of: that somebody's recipients could not be read, and are still to be told."""

_A_NIGHT: Final = timedelta(hours=20)
"""A look that took longer than that was not tonight's."""


def approval(rows: Iterable[Row], erasure: Erasure) -> Row | None:
    """Return the approval of exactly that plan by somebody who had no part in it; none if it was rejected since.

    The rules are applied again to what stands in the book, so that a row which should never have been written there
    erases nothing, and neither does one of a plan that is being made anew. ``rows`` are those of both subjects:
    whoever proposed under either does not approve.
    """
    if erasure.status not in OPEN:
        return None
    book = tuple(rows)
    last = _last(book)
    if last is None or last.decision != Decision.APPROVE or last.by.role != StaffRole.RIGHTS_APPROVER:
        return None
    if last.items != (erasure.plan_sha256,):
        return None
    people = (*erasure.prepared_by, *proposed_by(one for one in book if one is not last))
    return last if all(are_two_people(one, last.by.name) for one in people) else None


def stopped(rows: Iterable[Row], order: Order) -> bool:
    """Tell whether somebody who approves erasures rejected an order after it was approved."""
    said = (one for one in rows if one.subject == Subject.ERASURE and one.decides)
    return any(one.decision == Decision.REJECT and one.at >= order.approved_at for one in said)


def _last(rows: tuple[Row, ...]) -> Row | None:
    """Return the last decision about an erasure itself."""
    return next((one for one in reversed(rows) if one.subject == Subject.ERASURE and one.decides), None)


@dataclass(frozen=True, kw_only=True)
class Running:
    """Takes an erasure on. ``kept_for`` is how long after its beginning anything of a contact could come back."""

    clock: Clock
    erasures: Erasures
    ledger: Ledger
    decided: Callable[[RequestId], Iterable[Row]]
    carrying: CarryingOut
    work: Work
    outside: Outside
    notices: Notices
    kept_for: timedelta
    count: Callable[[str, int], None] = field(repr=False)

    def erase(self, request: RequestId, time_left: Callable[[], bool]) -> None:
        """Carry out what two people agreed on, as far as it goes now; nothing where they did not."""
        erasure = self.erasures.find(request)
        if erasure is None or erasure.status in DONE:
            return
        if erasure.status in UNAPPROVED:
            agreed = approval(self.decided(request), erasure)
            if agreed is None:
                self.count("ErasureNotApproved", 1)
                return
            self.ledger.enter_order(_order(erasure, agreed))
            approved = replace(erasure, status=ErasureStatus.APPROVED, approved_by=agreed.by.name)
            erasure = self.erasures.save(erasure, approved)
        orders = self.ledger.orders(request)
        if not orders or self._stopped(erasure, orders[-1]):
            return
        now = self.clock.now()
        if erasure.status is ErasureStatus.VERIFYING and erasure.quiet_from and now < erasure.quiet_from:
            self._later(request, erasure.quiet_from - now)
            return
        self._take_on(erasure, orders[-1], time_left)

    def replay(
        self,
        request: RequestId,
        time_left: Callable[[], bool],
        going_on: datetime | None = None,
        asked_at: datetime | None = None,
    ) -> None:
        """See that what was erased is still gone, and carry out what waited; a register that forgot it is told anew.

        ``going_on`` is when the look began that is to go on: nothing is begun for one that has ended. ``asked_at`` is
        when a look was asked for: one that began since and has ended answers that, however often it is asked.
        """
        erasure, orders = self.erasures.find(request), self.ledger.orders(request)
        under_way = erasure.look.begun_at if erasure is not None and erasure.look is not None else None
        if going_on not in (None, under_way):
            return
        if not orders:
            self.erase(request, time_left)
            return
        order = orders[-1]
        if self._stopped(erasure, order):
            return
        if erasure is None or erasure.status in UNAPPROVED:
            # The ledger outlives a restore of the register: what it says was agreed on is carried out once more.
            known = erasure or Erasure(request=request, planned_at=order.approved_at, contacts=order.contacts)
            erasing = ErasureStatus.ERASING
            again = replace(known.from_the_start(), status=erasing, approved_by=order.approved_by)
            erasure = self.erasures.save(erasure, again)
        if erasure.status in DONE:
            if not answered(erasure, asked_at):
                self._look_again(erasure, order, time_left)
        else:
            self.erase(request, time_left)

    def _stopped(self, erasure: Erasure | None, order: Order) -> bool:
        """Tell whether the order was rejected since; then it is planned anew, and somebody has to agree once more."""
        if not stopped(self.decided(order.request), order):
            return False
        if erasure is not None and erasure.status not in (*UNAPPROVED, *DONE):
            anew = replace(erasure.from_the_start(), status=ErasureStatus.SCOPED, approved_by="")
            self.erasures.save(erasure, anew)
            self.work.plan(order.request)
        return True

    def _take_on(self, erasure: Erasure, order: Order, time_left: Callable[[], bool]) -> None:
        def on_its_way(after: Erasure, swept: Swept) -> Erasure:
            there = _so_far(after, swept) if swept.cut_short else after.from_the_start()
            return replace(there, status=_on_its_way(after), removed=after.removed + swept.removed)

        swept, after = self._pass(erasure, order, time_left, on_its_way)
        if swept is None:
            return
        if swept.cut_short or swept.retry:
            self._later(erasure.request, timedelta() if swept.cut_short else timedelta(seconds=LONGEST_DELAY))
            return
        if after.status is ErasureStatus.VERIFYING and not after.removed:
            self._finish(after, after)
            return
        quiet_from = self.clock.now() + SETTLES_IN
        verifying = replace(after, status=ErasureStatus.VERIFYING, quiet_from=quiet_from, removed=0)
        self.erasures.save(after, verifying)
        self._later(erasure.request, SETTLES_IN)

    def _look_again(self, erasure: Erasure, order: Order, time_left: Callable[[], bool]) -> None:
        """Begin a look, or go on with the one under way; what is left of it is asked for."""
        now = self.clock.now()
        alive = tuple(one for one in order.contacts if now < tombstone_ends(order, one, self.kept_for))
        if not alive:
            return
        look = erasure.look or Look(begun_at=now, since=since(erasure, now), stood=standing(erasure.artefacts))
        begun = replace(erasure, look=look)
        swept, after = self._pass(begun, replace(order, contacts=alive), time_left, _so_far)
        if swept is None:
            return
        if swept.cut_short:
            self.work.replay(erasure.request, look.begun_at)
            return
        look = after.look or look
        if swept.retry and not look.again:
            # Nobody is told before it was asked once more.
            self.erasures.save(after, replace(after.from_the_start(), look=replace(look, again=True)))
            self.work.replay(erasure.request, look.begun_at, LONGEST_DELAY)
            return
        if look.came_back:
            self.count("ErasedDataReappeared", look.came_back)
            detail = {"request": erasure.request, "artefacts": look.came_back}
            self.outside.state("Erased Data Reappeared", detail)
            self.notices.reappeared(erasure.request, look.came_back)
        looked = replace(after.from_the_start(), look=None, looked_at=look.begun_at)
        # Also where a row was broken, or mended, between two looks: then what stands is not what the status says.
        if standing(after.artefacts) != look.stood or after.status is not ended(after):
            self._finish(after, looked)
        else:
            self.erasures.save(after, looked)
        if now - look.begun_at > _A_NIGHT:
            # What was left of an earlier night's is done with; tonight's begins.
            self.work.replay(erasure.request)

    def _pass(
        self,
        erasure: Erasure,
        order: Order,
        time_left: Callable[[], bool],
        mark: Callable[[Erasure, Swept], Erasure],
    ) -> tuple[Swept | None, Erasure]:
        """Make a pass and keep what it came to, and how far it came, as ``mark`` says.

        No pass where the switch keeps everything where it is. Raises the ``AwsError`` of what is no one contact's.
        """
        contacts = self.carrying.dated(order, erasure)
        if contacts != order.contacts:
            # Kept before anything of them goes: the copy that says when they began goes too.
            learnt = {one.contact_id: one for one in contacts}
            known = tuple(learnt.get(one.contact_id, one) for one in erasure.contacts)
            order = replace(order, contacts=contacts)
            if known != erasure.contacts:
                erasure = self.erasures.save(erasure, replace(erasure, contacts=known))
        stands, problem = erasure, None
        came_back = partial(_came_back, erasure, {one.place: one for one in erasure.artefacts})

        def save(artefacts: Iterable[Artefact]) -> None:
            nonlocal stands
            going = [replace(one, ground=CAME_BACK) if came_back(one) else one for one in artefacts]
            after = stands.with_artefacts(going)
            stands = self.erasures.save(stands, after)

        swept = Swept(seen=erasure.swept, read_to=erasure.read_to, asked_to=erasure.asked_to, retry=erasure.retry)
        one = Pass(
            order=order,
            known=erasure,
            save=save,
            swept=swept,
            time_left=time_left,
            stopped=lambda: erasure.status not in DONE and stopped(self.decided(order.request), order),
            since=erasure.look.since if erasure.look else None,
        )
        try:
            self.carrying.sweep(one)
        except SwitchedOff as why:
            stands = self.erasures.save(stands, stands.with_artefacts(swept.artefacts.values()))
            self.count("ErasureWaits", 1)
            self._once(stands, f"waits:{london_date(self.clock.now()).isoformat()}", self.notices.waits, str(why))
            return None, stands
        except AwsError as unlisted:
            # What was done until then is kept, and not gone through once more.
            problem, swept.cut_short = unlisted, True
        found = [one for one in swept.artefacts.values() if not _is_asked_again(erasure, swept, one)]
        after = stands.with_artefacts(found)
        if after.look is not None:
            gone = sum(one.status is ArtefactStatus.ERASED and came_back(one) for one in found)
            after = replace(after, look=replace(after.look, came_back=after.look.came_back + gone))
        after = mark(after, swept)
        if after != stands:
            after = self.erasures.save(stands, after)
        self.count("ArtefactsErased", swept.removed)
        if any(one.status is ArtefactStatus.FAILED for one in after.artefacts):
            self.count("ErasureFailed", after.count(ArtefactStatus.FAILED))
        if problem is not None:
            raise problem
        return swept, after

    def _finish(self, before: Erasure, erasure: Erasure) -> None:
        """Say that it is done, or in part and until when; said again when what waited has gone."""
        status = ended(erasure)
        first = erasure.finished_at is None
        done = replace(erasure, status=status, finished_at=erasure.finished_at or self.clock.now())
        deferred = done.of(ArtefactStatus.DEFERRED)
        gone = done.count(ArtefactStatus.ERASED) + done.count(ArtefactStatus.ALREADY_GONE)
        # Told before it is kept: what dies in between is told once more rather than never.
        if status is ErasureStatus.DONE:
            left = done.count(ArtefactStatus.NOT_VERIFIED)
            detail: dict[str, object] = {"request": done.request, "artefacts": gone, "not_verified": left}
            self.outside.state("Erasure Completed", detail)
        if deferred:
            days = [one.until for one in deferred if one.until is not None]
            until = {"until": max(days).isoformat()} if len(days) == len(deferred) else {}
            waiting = {"request": done.request, "artefacts": len(deferred), "ground": deferred[0].ground, **until}
            self.outside.state("Erasure Deferred", waiting)
        if first or UNTOLD_RECIPIENTS in done.told:
            done = self._tell_recipients(done)
        (self.notices.failed if done.count(ArtefactStatus.FAILED) else self.notices.finished)(done)
        self.erasures.save(before, done)

    def _tell_recipients(self, erasure: Erasure) -> Erasure:
        """Have those told who were given what is erased (UK GDPR Article 19), and return the erasure with that said.

        Of a contact whose disclosures cannot be read they are told once they can be.
        """
        contacts: list[ContactId] = [one.contact_id for one in erasure.contacts]
        named, told = set[str](), [one for one in erasure.told if one != UNTOLD_RECIPIENTS]
        for contact_id in contacts:
            try:
                named.update(self.carrying.looking.kept.recipients(contact_id))
            except UnreadableRow:
                told = [*dict.fromkeys([*told, UNTOLD_RECIPIENTS])]
        if named:
            self.outside.state("Recipients To Tell", {"request": erasure.request, "disclosures": sorted(named)})
        return replace(erasure, told=tuple(told))

    def _once(self, erasure: Erasure, mark: str, tell: Callable[[Erasure, str], None], why: str) -> None:
        if mark not in erasure.told:
            tell(erasure, why)
            self.erasures.save(erasure, replace(erasure, told=(*erasure.told, mark)))

    def _later(self, request: RequestId, wait: timedelta) -> None:
        self.work.erase(request, min(int(wait.total_seconds()) + 1 if wait else 0, LONGEST_DELAY))


_GONE: Final = (ArtefactStatus.ERASED, ArtefactStatus.ALREADY_GONE)
"""How what comes back stood before."""


def _came_back(erasure: Erasure, known: Mapping[tuple[str, str, ContactId], Artefact], one: Artefact) -> bool:
    """Tell whether that had gone before the look under way, also where a run that died had begun to remove it again.

    A copy that the second look of the search made is steward's own: it goes again, and nothing came back.
    """
    if erasure.look is None or not one.begun or one.store == COPIES:
        return False
    before = known.get(one.place)
    return before is None or before.status in _GONE or before.ground == CAME_BACK


def _is_asked_again(erasure: Erasure, swept: Swept, one: Artefact) -> bool:
    """Tell whether that failed in a look that goes through everything once more, and stood as gone: so it stands on."""
    if erasure.look is None or erasure.look.again or not swept.retry or one.status is not ArtefactStatus.FAILED:
        return False
    before = next((each for each in erasure.artefacts if each.place == one.place), None)
    return before is None or before.status in _GONE


def _order(erasure: Erasure, agreed: Row) -> Order:
    return Order(
        request=erasure.request,
        plan_sha256=erasure.plan_sha256,
        approved_by=agreed.by.name,
        approved_at=agreed.at,
        contacts=erasure.contacts,
        refused=erasure.refused,
    )


def _so_far(erasure: Erasure, swept: Swept) -> Erasure:
    """Return an erasure with how far a pass came."""
    return replace(erasure, swept=swept.seen, read_to=swept.read_to, asked_to=swept.asked_to, retry=swept.retry)


def _on_its_way(erasure: Erasure) -> ErasureStatus:
    return ErasureStatus.VERIFYING if erasure.status is ErasureStatus.VERIFYING else ErasureStatus.ERASING
