"""The hold domain's register, contacts, work and notices in memory. Every call goes through ``HoldFixture.call``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from steward.clock import london_date
from steward.failures import UnreadableRow
from steward.holds.cases import Case
from steward.holds.contacts import Contact, Evaluation, Reference
from steward.holds.ports import (
    Ledgered,
    LimitReached,
    NotHandedOver,
    VersionConflict,
)
from steward.holds.register import ContactHolds, Hold, next_besides_looks
from steward.holds.requests import Doubt
from steward.ids import CaseRef, ContactId

if TYPE_CHECKING:
    from tests.support.hold_fixture import HoldFixture


@dataclass
class FakeRegister:
    world: HoldFixture

    def case(self, case: CaseRef) -> Case | None:
        return self.world.call("register.case", lambda: self.world.cases.get(case))

    def save_case(self, before: Case | None, after: Case) -> None:
        def effect() -> None:
            if self.world.cases.get(after.case) != before:
                raise VersionConflict
            self.world.cases[after.case] = after

        self.world.call("register.save_case", effect)

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        return self.world.call(
            "register.contacts_of",
            lambda: iter([one for one, file in self.world.files.items() if file.hold_of(case) is not None]),
        )

    def file(self, contact_id: ContactId) -> ContactHolds:
        def effect() -> ContactHolds:
            if contact_id in self.world.unreadable:
                raise UnreadableRow("a row of kind Hold cannot be read")
            return self.world.files.get(contact_id, ContactHolds(contact_id=contact_id))

        return self.world.call("register.file", effect)

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        def effect() -> ContactHolds:
            if (
                self.world.files.get(before.contact_id, ContactHolds(contact_id=before.contact_id)).version
                != before.version
            ):
                raise VersionConflict
            stored = replace(after, version=before.version + 1)
            if stored.is_own_row:
                known = self.world.files[before.contact_id]
                stored = replace(stored, holds=known.holds, artefacts=known.artefacts)
            if stored.settled is not None:
                stored = replace(stored, settled=replace(stored.settled, others_at=next_besides_looks(stored)))
            self.world.files[before.contact_id] = stored
            return stored

        return self.world.call("register.save", effect)

    def due(self, now: datetime) -> Iterator[ContactHolds]:
        found = [file for file in self.world.files.values() if file.next_action_at and file.next_action_at <= now]
        in_order = sorted(found, key=lambda file: file.next_action_at or now)
        return self.world.call("register.due", lambda: iter([replace(one, holds=(), artefacts=()) for one in in_order]))

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime, limit: int | None = None) -> None:
        def effect() -> None:
            assert all(entry.bucket and entry.key and entry.version_id for entry in entries), "each says what is to go"
            if limit is not None:
                night = london_date(at)
                if self.world.nights[night] > limit - len(entries):
                    raise LimitReached
                self.world.nights[night] += len(entries)
            self.world.ledger.update({(entry.key, entry.version_id): entry.cause for entry in entries})

        self.world.call("register.enter_disposal", effect)

    def unconfirmed(self, now: datetime, again: datetime) -> tuple[str, ...]:  # noqa: ARG002
        return self.world.call("register.unconfirmed", lambda: ())


@dataclass
class FakeContacts:
    world: HoldFixture

    def describe(self, contact_id: ContactId) -> Contact | None:
        return self.world.call("connect.describe", lambda: self.world.people.get(contact_id))

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        return self.world.call("connect.associated", lambda: self.world.chains.get(contact_id, ()))

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        return self.world.call("connect.chain", lambda: self.world.chains.get(contact_id, ()))

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:  # noqa: ARG002
        return self.world.call("connect.references", tuple)

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:  # noqa: ARG002
        return self.world.call("connect.evaluations", tuple)

    def answers(self, evaluation_id: str) -> Evaluation:
        raise NotImplementedError


@dataclass
class FakeWork:
    world: HoldFixture

    def hold(
        self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str, flagged_at: datetime | None = None
    ) -> None:
        at = flagged_at.isoformat() if flagged_at else ""
        self._send("hold", [(case, one, signal, at) for one in contact_ids])

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        self._send("apply", [(case, one) for one in contact_ids])

    def reinspect(self, contact_ids: Iterable[ContactId], *, routine: bool = False) -> None:
        self._send("reinspect", [(one, "routine") if routine else (one,) for one in contact_ids])

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:  # noqa: ARG002
        self.world.call("work.recheck", lambda: self.world.queue.append(("recheck", (contact_id, str(attempt)), at)))

    def _send(self, kind: str, tasks: list[tuple[str, ...]]) -> None:
        def effect() -> None:
            refused = tuple(task for task in tasks if self.world.refused_rows & set(task))
            self.world.queue.extend((kind, task, self.world.moment) for task in tasks if task not in refused)
            if refused:
                contacts = tuple(ContactId(task[0 if kind == "reinspect" else 1]) for task in refused)
                raise NotHandedOver("sqs.SendMessageBatch", "InternalError", contacts)

        self.world.call(f"work.{kind}", effect)


@dataclass
class FakeReleases:
    world: HoldFixture

    def order(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        orders = [(case, one) for one in contact_ids]
        self.world.call("releases.order", lambda: self.world.orders.extend(orders))


@dataclass
class FakeNotices:
    world: HoldFixture

    def outcome(self, hold: Hold) -> None:
        self._tell("outcome", hold)

    def held_again(self, hold: Hold) -> None:
        self._tell("held again", hold)

    def doubts(self, case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId], said: str) -> None:  # noqa: ARG002
        self.world.call("notices", lambda: self.world.doubts.append((case, tuple(doubts), tuple(contact_ids))))

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:  # noqa: ARG002
        self._tell("expiring", hold)

    def copies_touched(self, file: ContactHolds, deleted: Sequence[str], covered: Sequence[str]) -> None:
        for hold in file.active:
            for key in (*deleted, *covered):
                self._tell(f"touched {key}", hold)

    def ending(self, holds: Sequence[Hold], days: int, disposal_on: date) -> None:
        self.world.call(
            "notices", lambda: self.world.told.extend((f"ending-{days}", hold.case, hold.contact_id) for hold in holds)
        )
        self.world.mails.append((holds[0].case, days, disposal_on))

    def _tell(self, kind: str, hold: Hold) -> None:
        self.world.call("notices", lambda: self.world.told.append((kind, hold.case, hold.contact_id)))
