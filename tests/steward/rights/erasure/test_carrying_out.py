"""A pass removes what two people agreed on, and nothing that they agreed to keep, whatever the register says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from steward.failures import AwsError, InvalidRequest, Throttled
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.rights.erasure.artefacts import (
    ANOTHER_BUCKET,
    ANOTHER_VALUE,
    CHAIN,
    CONNECT,
    CONTACT_RECORD,
    HOLD,
    NO_OPERATION,
    NOT_REDACTED,
    SMS_LOG,
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    Order,
)
from steward.rights.erasure.carrying_out import CarryingOut, Pass, Swept
from steward.rights.erasure.planning import Looking, unreadable
from steward.rights.erasure.ports import Hindrance, Version
from steward.rights.finding.scanning import UnreadableRecords
from steward.rights.requests import RequestId

AT = datetime(2027, 1, 5, 9, tzinfo=UTC)
ONE, TWO = ContactId("one"), ContactId("two")
HERS, CONNECTS = (
    Artefact(store="call_recording", key="a/one.wav", contact_id=ONE),
    Artefact(store=CONNECT, key=ONE, contact_id=ONE),
)
MONTH = "contact-records/year=2026/month=12/x.json.gz"
LINE = Artefact(store=CONTACT_RECORD, key=MONTH, contact_id=ONE)


@dataclass
class World:
    """Everything that is kept, the ledger and the records; what was done is in ``removed``."""

    there: tuple[Artefact, ...] = ()
    hindered: dict[ContactId, Hindrance] = field(default_factory=dict)
    chained: tuple[ContactId, ...] = ()
    unlisted: tuple[ContactId, ...] = ()
    """Contacts whose chain Connect does not list."""
    records: dict[str, tuple[ContactId, ...] | None] = field(default_factory=dict)
    problem: AwsError | None = None
    removed: list[str] = field(default_factory=list)
    left: str = ""
    """What Connect answers to a redaction that it has still."""
    attributes_went: list[ContactId] = field(default_factory=list)

    def hindrance(self, contact_id: ContactId, request: RequestId) -> Hindrance | None:
        del request
        return self.hindered.get(contact_id)

    def artefacts(self, contact: Erased, request: RequestId) -> tuple[Artefact, ...]:
        del request
        if self.problem is not None:
            raise self.problem
        return tuple(one for one in self.there if one.contact_id == contact.contact_id)

    def recipients(self, contact_id: ContactId) -> tuple[str, ...]:
        del contact_id
        return ()

    def versions(self, artefact: Artefact) -> tuple[Version, ...]:
        stands = any(one.key == artefact.key and one.ground != ANOTHER_BUCKET for one in self.there)
        return (Version(key=artefact.key, version_id="1"),) if stands else ()

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        return None if contact_id in self.unlisted else self.chained

    def redact(self, artefact: Artefact, *, chain_is_free: bool) -> str:
        self.removed.append(f"connect {artefact.key}")
        if chain_is_free:
            self.attributes_went.append(artefact.contact_id)
        return self.left if chain_is_free else CHAIN

    def blank(self, artefact: Artefact) -> None:
        self.removed.append(f"texts {artefact.key}")

    def partition(self, month: str, since: datetime | None, after: str = "") -> Iterable[str]:
        del since, after
        return self.records if month == "2026-12" else ()

    def contacts_in(self, key: str, contacts: Sequence[ContactId]) -> tuple[ContactId, ...]:
        there = self.records.get(key, ())
        if there is None:
            raise UnreadableRecords("the object cannot be unpacked")
        return tuple(one for one in there if one in contacts)

    def rewrite(self, key: str, contacts: Sequence[ContactId]) -> None:
        self.removed += [f"{one} in {key}" for one in contacts]

    def earlier(self, key: str, contacts: Sequence[ContactId]) -> tuple[Version, ...]:
        del key, contacts
        return ()

    def enter_order(self, order: Order) -> None:
        raise NotImplementedError

    def orders(self, request: RequestId) -> tuple[Order, ...]:
        raise NotImplementedError

    def requests(self) -> Iterable[RequestId]:
        raise NotImplementedError

    def announce(self, request: RequestId, at: datetime, lines: Sequence[dict[str, str]]) -> None:
        del request, at, lines

    def now(self) -> datetime:
        return AT


class OfContacts(World):
    """What is kept, and its removal."""

    def remove(self, artefact: Artefact, versions: Sequence[Version]) -> None:
        del versions
        self.removed.append(artefact.key)


@dataclass
class Lines:
    """The records of a world."""

    world: World

    def __getattr__(self, name: str) -> object:
        return getattr(self.world, name)

    def remove(self, versions: Sequence[Version]) -> None:
        del versions


def swept(world: OfContacts, order: Order, known: Iterable[Artefact]) -> Swept:
    """Return what one pass over an order comes to, for a register that knows those."""
    erasure = Erasure(request=order.request, planned_at=AT, contacts=order.contacts, artefacts=tuple(known))
    one = Pass(order=order, known=erasure, save=lambda _: None, swept=Swept(), time_left=lambda: True)
    CarryingOut(
        clock=world,  # type: ignore[arg-type]
        looking=Looking(kept=world, records=Lines(world)),  # type: ignore[arg-type]
        ledger=world,  # type: ignore[arg-type]
        switch=lambda: DisposalSwitch(mode=Mode.ON, limit=100),
    ).sweep(one)
    return one.swept


def order(*refused: Artefact, contacts: tuple[ContactId, ...] = (ONE,)) -> Order:
    return Order(
        request=RequestId("ERA-1"),
        plan_sha256="",
        approved_by="rob",
        approved_at=AT,
        contacts=tuple(Erased(contact_id=one, month="2026-12") for one in contacts),
        refused=tuple(one.place for one in refused),
    )


def status(found: Swept, artefact: Artefact) -> ArtefactStatus | None:
    there = found.artefacts.get(artefact.place)
    return there.status if there else None


def test_a_register_restored_to_before_a_refusal_erases_nothing_that_the_order_keeps() -> None:
    texts = Artefact(store=SMS_LOG, key=ONE, contact_id=ONE)
    begun = replace(LINE, begun=True)
    world = OfContacts(there=(HERS,), records={MONTH: (ONE,)})
    found = swept(world, order(HERS, CONNECTS, texts, LINE), [HERS, CONNECTS, texts, begun])
    assert world.removed == []
    assert {status(found, one) for one in (HERS, CONNECTS, texts, LINE)} == {ArtefactStatus.REFUSED}


def test_a_contact_that_cannot_be_looked_at_does_not_make_what_stays_a_failure() -> None:
    world = OfContacts(problem=InvalidRequest("connect.DescribeContact", "InvalidRequestException"))
    refused = replace(CONNECTS, status=ArtefactStatus.REFUSED, ground="legal_claims")
    found = swept(world, order(CONNECTS), [refused, HERS])
    assert status(found, CONNECTS) in (None, ArtefactStatus.REFUSED)
    assert status(found, HERS) is ArtefactStatus.FAILED


@pytest.mark.parametrize(
    ("problem", "retry"),
    [(InvalidRequest("connect.X", "InvalidRequestException"), False), (Throttled("connect.X", "Throttling"), True)],
)
def test_only_what_trying_again_helps_is_tried_again_at_once(problem: AwsError, retry: bool) -> None:  # noqa: FBT001
    found = swept(OfContacts(problem=problem), order(), [])
    assert (found.retry, status(found, CONNECTS)) == (retry, ArtefactStatus.FAILED)


@pytest.mark.parametrize(
    ("agreed", "hindered", "went"),
    [
        (order(contacts=(ONE, TWO)), {}, True),
        (order(contacts=(ONE,)), {}, False),
        (order(Artefact(store=CONNECT, key=TWO, contact_id=TWO), contacts=(ONE, TWO)), {}, False),
        (order(contacts=(ONE, TWO)), {TWO: Hindrance(ground=HOLD)}, False),
    ],
    ids=["goes as well", "not in the order", "refused", "held"],
)
def test_attributes_of_a_chain_go_only_where_all_of_it_goes(
    agreed: Order,
    hindered: dict[ContactId, Hindrance],
    went: bool,  # noqa: FBT001
) -> None:
    world = OfContacts(there=(CONNECTS,), chained=(TWO,), hindered=hindered)
    found = swept(world, agreed, [CONNECTS])
    assert (ONE in world.attributes_went) is went
    if not went:
        assert found.artefacts[CONNECTS.place].ground == CHAIN


def test_attributes_stay_where_connect_does_not_list_whose_they_are() -> None:
    world = OfContacts(there=(CONNECTS,), unlisted=(ONE,))
    found = swept(world, order(contacts=(ONE,)), [CONNECTS])
    assert world.attributes_went == []
    assert world.removed == [f"connect {ONE}"], "the number goes all the same"
    assert found.artefacts[CONNECTS.place].ground == CHAIN


@pytest.mark.parametrize("hindered", [{}, {ONE: Hindrance(ground=HOLD)}], ids=["free", "held"])
def test_an_object_that_cannot_be_read_is_not_called_gone(hindered: dict[ContactId, Hindrance]) -> None:
    world = OfContacts(records={MONTH: None}, hindered=hindered)
    for contacts in ((ONE,), ()):
        found = swept(world, order(contacts=contacts), [unreadable(MONTH)])
        assert status(found, unreadable(MONTH)) in (None, ArtefactStatus.FAILED)


def test_an_object_that_could_not_be_read_and_is_no_more_is_called_gone() -> None:
    assert status(swept(OfContacts(), order(), [unreadable(MONTH)]), unreadable(MONTH)) is ArtefactStatus.ALREADY_GONE


def test_a_file_in_another_bucket_stays_a_failure_once_connect_names_it_no_more() -> None:
    elsewhere = replace(HERS, status=ArtefactStatus.FAILED, ground=ANOTHER_BUCKET)
    assert status(swept(OfContacts(), order(), [elsewhere]), elsewhere) in (None, ArtefactStatus.FAILED)


def test_what_connect_has_as_before_is_asked_for_once_more_and_then_a_failure() -> None:
    world = OfContacts(there=(CONNECTS,), left=NOT_REDACTED)
    first = swept(world, order(), [CONNECTS])
    assert (status(first, CONNECTS), first.removed) == (ArtefactStatus.PENDING, 0)
    second = swept(world, order(), first.artefacts.values())
    assert (status(second, CONNECTS), second.removed) == (ArtefactStatus.FAILED, 0)
    assert second.artefacts[CONNECTS.place].ground == NOT_REDACTED
    # By the next night Connect answers by what it was told.
    world.there, world.left = (), ""
    assert status(swept(world, order(), second.artefacts.values()), CONNECTS) is ArtefactStatus.ERASED


def test_what_nobody_can_judge_is_never_called_erased_and_not_redacted_every_night() -> None:
    world = OfContacts(there=(CONNECTS,), left=ANOTHER_VALUE)
    found = swept(world, order(), [CONNECTS])
    assert (status(found, CONNECTS), found.removed) == (ArtefactStatus.NOT_VERIFIED, 0)
    world.removed.clear()
    again = swept(world, order(), found.artefacts.values())
    assert (world.removed, status(again, CONNECTS)) == ([], None)


def test_what_no_operation_removes_stays_said_until_connect_forgets_the_contact() -> None:
    lasting = replace(CONNECTS, key=f"{ONE}/CustomerId", status=ArtefactStatus.NOT_VERIFIED, ground=NO_OPERATION)
    world = OfContacts(there=(lasting,))
    assert status(swept(world, order(), [lasting]), lasting) is ArtefactStatus.NOT_VERIFIED
    assert world.removed == []
    world.there = ()
    assert status(swept(world, order(), [lasting]), lasting) is ArtefactStatus.ALREADY_GONE
