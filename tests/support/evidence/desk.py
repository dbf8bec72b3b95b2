"""A council on the first of March, with one store of recordings and a hold bucket, and its statement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from steward.evidence.signatures import Signature
from steward.evidence.statement.counting import Rule
from steward.evidence.statement.inventory import Version
from steward.evidence.statement.making import About, Statements
from steward.failures import Unavailable
from steward.holds.register import ContactHolds, HeldArtefact, Hold, HoldStatus
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.holds import HoldReason, Stage
from tests.support.evidence.inventories import (
    MadeUpInventories,
    MadeUpRegisters,
    MadeUpShelf,
    MadeUpStores,
    ToldOfficer,
    listed,
)
from tests.support.signing import DeskSigner

NOW = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)


SCANNED = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


BEFORE = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)


FRESH = listed(key="CallRecordings/2027/02/20/x.wav", modified=datetime(2027, 2, 20, 9, tzinfo=UTC))


HELD = listed(
    key="c1/call_recording/x.wav",
    version_id="h1",
    modified=datetime(2027, 2, 10, tzinfo=UTC),
    retain_until=datetime(2028, 8, 10, tzinfo=UTC),
    lock_mode="GOVERNANCE",
)


ALL_TRUE = {"nothing_older": True, "holds_whole": True, "disposals_proven": True}


class RefusesToSign:
    """A key that is disabled."""

    def sign(self, body: bytes) -> Signature:
        del body
        raise Unavailable("kms.Sign", "DisabledException")


class NotYetSeen(MadeUpShelf):
    """A store in which another run puts its envelope just after this one has looked for it."""

    def read(self, key: str) -> None:
        del key


class NoMail(ToldOfficer):
    """A topic that takes nothing."""

    def tell(self, subject: str, lines: list[str]) -> None:
        raise Unavailable("sns.Publish", subject or str(lines))


@dataclass
class Desk:
    """A council with one store of recordings and a hold bucket, on the first of March."""

    inventories: MadeUpInventories = field(
        default_factory=lambda: MadeUpInventories(
            lists={"recordings": {BEFORE: [], SCANNED: [FRESH]}, "holds": {BEFORE: [], SCANNED: []}}
        )
    )
    stores: MadeUpStores = field(default_factory=MadeUpStores)
    registers: MadeUpRegisters = field(default_factory=MadeUpRegisters)
    shelf: MadeUpShelf = field(default_factory=MadeUpShelf)
    officer: ToldOfficer = field(default_factory=ToldOfficer)
    signer: Any = field(default_factory=DeskSigner)
    at: datetime = NOW
    handed_over: list[ContactId] = field(default_factory=list)
    queue_fails: bool = False
    adopted: tuple[Rule, ...] = ()

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        if self.queue_fails:
            raise Unavailable("sqs.SendMessageBatch", "ServiceUnavailable")
        self.handed_over += contact_ids

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)

    @property
    def statements(self) -> Statements:
        return Statements(
            clock=self,
            about=About(council="Barnet", environment="local", policy_version="1", policy_sha256="p" * 64),
            rules=[Rule(store="call_recording", bucket="recordings", months=6, days=184)],
            hold_bucket="holds",
            inventories=self.inventories,
            stores=self.stores,
            registers=self.registers,
            shelf=self.shelf,
            signer=self.signer,
            notices=self.officer,
            adopted=self.adopted,
            looks=self,
        )

    def recordings(self, *now: Version, before: tuple[Version, ...] = ()) -> None:
        self.inventories.lists["recordings"] = {BEFORE: before, SCANNED: now}

    def holds(self, *now: Version, before: tuple[Version, ...] = ()) -> None:
        self.inventories.lists["holds"] = {BEFORE: before, SCANNED: now}

    def said(self) -> dict[str, Any]:
        """Make the statement and return it."""
        made = self.statements.make()
        self.statements.tell(made)
        return self.read(made.key)

    def read(self, key: str) -> dict[str, Any]:
        envelope = json.loads(self.shelf.kept[key])
        body = self.shelf.kept[f"{key.rpartition('/')[0]}/{envelope['statement']['name']}"]
        assert hashlib.sha256(body).hexdigest() == envelope["statement"]["sha256"]
        found: dict[str, Any] = json.loads(body)
        return found

    def exceptions(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.shelf.kept[said["exceptions"]["key"]].splitlines()]


def values(said: dict[str, Any]) -> dict[str, object]:
    return {name: one["value"] for name, one in said["propositions"].items()}


def held_contact(**changes: Any) -> ContactHolds:  # noqa: ANN401 - fields of a hold by name
    contact = ContactId("c1")
    until = datetime(2028, 8, 10, tzinfo=UTC)
    plain: dict[str, Any] = {
        "case": CaseRef("C-1"),
        "contact_id": contact,
        "reason": HoldReason.COMPLAINT,
        "stage": Stage.ONE,
        "received_on": date(2027, 2, 10),
        "received_on_assumed": False,
        "hold_until": until,
        "open_ended": False,
        "requested_by": "ann",
        "signal": "case_event",
        "placed_at": datetime(2027, 2, 10, tzinfo=UTC),
        "policy_version": "1",
        "status": HoldStatus.HELD,
        "inspected": True,
    }
    copy = HeldArtefact(
        contact_id=contact,
        record_class=RecordClass.CALL_RECORDING,
        source_bucket="recordings",
        source_key="CallRecordings/2027/02/01/c1_x.wav",
        source_version="s1",
        hold_key=HELD.key,
        hold_version="h1",
        sha256=Sha256("0" * 64),
        bytes=10,
        held_at=datetime(2027, 2, 10, tzinfo=UTC),
        retain_until=until,
        legal_hold=False,
        source_freed=True,
    )
    return ContactHolds(contact_id=contact, holds=(Hold(**{**plain, **changes}),), artefacts=(copy,))
