"""A person is told who received something of theirs, but for those of whom they may not be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from steward.ids import ContactId, RecordClass, Sha256
from steward.rights.disclosing.register import Disclosure, DisclosureId, Given, Grant, Listed, Prepared, Telling
from steward.rights.disclosing.telling import told
from steward.rights.requests import HandOver

AT = datetime(2027, 3, 1, 10, tzinfo=UTC)
OPEN = Disclosure(
    id=DisclosureId("D-1"),
    kind="police",
    contact_ids=(ContactId("c-1"), ContactId("c-2")),
    listed=tuple(
        Listed(
            contact_id=ContactId(one),
            record_class=RecordClass.CALL_RECORDING,
            source_key=f"{one}.wav",
            bucket="records",
            key=f"{one}.wav",
        )
        for one in ("c-1", "c-2")
    ),
    asked_at=AT,
    stated={"force": "Dyfed-Powys Police"},
    grant=Grant(files=(), expires_on=date(2027, 3, 20), telling=Telling(tell=True), by="zoe", at=AT),
    prepared=Prepared(
        key="disclosures/D-1/copy.zip",
        files=(Given(source_key="c-1.wav", name="01_call_recording.wav", sha256=Sha256("a" * 64), bytes=1),),
        at=AT,
    ),
    hand_overs=(HandOver(route="secure_mail", on=date(2027, 3, 2)),),
)


def with_telling(telling: Telling) -> Disclosure:
    assert OPEN.grant
    return replace(OPEN, grant=replace(OPEN.grant, telling=telling))


def names(*disclosures: Disclosure) -> list[tuple[str, date]]:
    return [(one.who, one.on) for one in told(disclosures, {ContactId("c-1")})]


def test_the_copy_of_ones_data_names_who_received_something_and_when() -> None:
    assert names(OPEN) == [("the police (Dyfed-Powys Police)", date(2027, 3, 2))]


def test_a_disclosure_of_which_the_person_may_not_be_told_is_nowhere_in_their_copy() -> None:
    assert names(with_telling(Telling(tell=False, ground="crime_or_taxation", review_on=date(2027, 6, 1)))) == []


def test_what_was_only_granted_went_to_nobody_and_a_link_that_was_given_counts() -> None:
    granted = replace(OPEN, hand_overs=())
    assert granted.prepared
    assert names(granted) == []
    assert len(names(replace(granted, prepared=replace(granted.prepared, links=1)))) == 1


def test_a_disclosure_of_several_contacts_is_told_of_once() -> None:
    assert len(names(OPEN, OPEN)) == 1


def test_whoever_is_in_another_contact_of_the_disclosure_is_not_told_of_what_was_not_theirs() -> None:
    assert told([OPEN], {ContactId("c-2")}) == ()
    assert [one.files for one in told([OPEN], {ContactId("c-1"), ContactId("c-2")})] == [1]
