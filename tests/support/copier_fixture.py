"""One look at a contact, with a world in which a test can put whatever Connect and the stores have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import msgspec

from steward.holds.contacts import Contact, Evaluation, Recording, Reference
from steward.holds.inspecting.copying import ArtefactCopier
from steward.holds.register import ContactHolds, HeldArtefact, Hold, MissingArtefact, Protection
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.holds import HoldReason, Stage
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_ports import FakeContacts
from tests.support.hold_stores import FakeEvidence, FakeSources

CALL = ContactId("call-1")
BEGAN = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)
ENDED = datetime(2027, 5, 3, 10, 5, tzinfo=UTC)
END = datetime(2028, 11, 3, tzinfo=UTC)
LOCK = Protection(retain_until=END, legal_hold=False)
KEY = "2027/05/03/call-1.wav"
RECORDING = RecordClass.CALL_RECORDING


@dataclass
class KnownContacts(FakeContacts):
    """Connect with references and evaluations of every contact."""

    refers_to: tuple[Reference, ...] = ()
    forms: tuple[Evaluation, ...] = ()

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:  # noqa: ARG002
        return self.world.call("connect.references", lambda: self.refers_to)

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:  # noqa: ARG002
        return self.world.call("connect.evaluations", lambda: self.forms)


def hold(*missing: MissingArtefact, placed_at: datetime, case: str = "C-1") -> Hold:
    return Hold(
        case=CaseRef(case),
        contact_id=CALL,
        reason=HoldReason.COMPLAINT,
        stage=Stage.ONE,
        received_on=date(2027, 5, 3),
        received_on_assumed=False,
        hold_until=END,
        open_ended=False,
        requested_by="complaints",
        signal="case_event",
        placed_at=placed_at,
        policy_version="1",
        missing=missing,
    )


def held(key: str = KEY, *, version: str = "v000001", **changes: object) -> HeldArtefact:
    """A copy that the register has."""
    one = HeldArtefact(
        contact_id=CALL,
        record_class=RECORDING,
        source_bucket=RECORDING,
        source_key=key,
        source_version=version,
        hold_key=f"call-1/call_recording/{key}",
        hold_version="h1",
        sha256=Sha256("00"),
        bytes=1,
        held_at=ENDED,
        retain_until=END,
        legal_hold=False,
        source_freed=True,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


@dataclass
class CopierFixture:
    """A contact of the day before, flagged just now unless a test says that the flag is older."""

    world: HoldFixture
    contact: Contact | None
    placed_at: datetime
    refers_to: tuple[Reference, ...] = ()
    forms: tuple[Evaluation, ...] = ()
    artefacts: tuple[HeldArtefact, ...] = ()
    missing: tuple[MissingArtefact, ...] = ()
    lost: tuple[HeldArtefact, ...] = ()
    lock: Protection = LOCK
    without: Sequence[RecordClass] = ()
    """Classes that this council does not store."""

    def copier(self) -> ArtefactCopier:
        reconciler = self.world.placing().reconciler
        buckets = {one: name for one, name in reconciler.stores.buckets.items() if one not in self.without}
        retention = {one: period for one, period in self.world.policy.retention.items() if one not in self.without}
        return ArtefactCopier(
            policy=msgspec.structs.replace(self.world.policy, retention=retention),
            stores=replace(reconciler.stores, buckets=buckets),
            clock=self.world,
            contacts=KnownContacts(self.world, self.refers_to, self.forms),
            sources=FakeSources(self.world),
            evidence=FakeEvidence(self.world),
            contact=self.contact,
            lock=self.lock,
            file=ContactHolds(
                contact_id=CALL, holds=(hold(*self.missing, placed_at=self.placed_at),), artefacts=self.artefacts
            ),
            lost=self.lost,
        )


def recorded(key: str = KEY) -> Recording:
    """An entry of the contact's recordings."""
    return Recording(
        bucket=RECORDING, key=key, media="AUDIO", deleted=False, deletion_reason="", stopped_at=ENDED, storage="S3"
    )
