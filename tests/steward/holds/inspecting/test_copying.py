"""What a look copies, where to, under which lock, and what it does not copy again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.failures import NotFound
from steward.holds.contacts import Evaluation, Reference
from steward.holds.discovery import Location
from steward.holds.inspecting.copying import CLOSE_TO_ITS_END, THOROUGH
from steward.holds.register import HeldArtefact, Protection
from steward.ids import RecordClass, Sha256
from tests.support.copier_fixture import (
    BEGAN,
    CALL,
    END,
    ENDED,
    KEY,
    LOCK,
    RECORDING,
    CopierFixture,
    held,
    recorded,
)
from tests.support.hold_stores import FakeSources, Version

PLACE = Location(record_class=RECORDING, bucket=RECORDING, key=KEY)
LONG_AGO = BEGAN - timedelta(days=30)


def sha(body: bytes) -> Sha256:
    return Sha256(hashlib.sha256(body).hexdigest())


def named(look: CopierFixture, *keys: str) -> None:
    """Let Connect name these recordings, and the store have them."""
    assert look.contact is not None
    look.contact = replace(look.contact, recordings=tuple(recorded(key) for key in keys))
    for key in keys:
        look.world.record(RECORDING, key, at=ENDED)


def test_what_is_held_is_not_missing_where_the_bucket_of_its_original_is_gone(
    look: CopierFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Amazon S3 API Reference, "Error responses": NoSuchBucket, 404.
    def gone(*_: object) -> None:
        raise NotFound("s3.HeadObject", "NoSuchBucket")

    assert look.contact is not None
    look.contact = replace(look.contact, recordings=(recorded(),))
    look.artefacts, look.placed_at = (held(),), LONG_AGO
    monkeypatch.setattr(FakeSources, "newest", gone)

    assert RECORDING not in {one.record_class for one in look.copier().run().missing}


def test_the_register_hears_all_of_a_copy(look: CopierFixture) -> None:
    named(look, KEY)

    [copy] = (one for one in look.copier().run().artefacts if one.record_class is RECORDING)

    assert copy == HeldArtefact(
        contact_id=CALL,
        record_class=RECORDING,
        source_bucket=RECORDING,
        source_key=KEY,
        source_version="v000001",
        hold_key=f"call-1/call_recording/{KEY}",
        hold_version=look.world.held[f"call-1/call_recording/{KEY}"][0].version_id,
        sha256=sha(KEY.encode()),
        bytes=len(KEY),
        held_at=look.world.moment,
        retain_until=END,
        legal_hold=False,
        source_freed=False,
    )


@pytest.mark.parametrize(
    ("there", "asked", "then"),
    [
        ((None, False), LOCK, (END, False)),
        ((END - timedelta(days=1), False), LOCK, (END, False)),
        ((END + timedelta(days=1), False), LOCK, (END + timedelta(days=1), False)),
        ((END, True), LOCK, (END, True)),
        ((END, False), Protection(retain_until=None, legal_hold=True), (END, True)),
    ],
)
def test_a_copy_that_was_made_before_gets_the_stronger_of_its_lock_and_the_one_asked_for(
    look: CopierFixture, there: tuple[datetime | None, bool], asked: Protection, then: tuple[datetime | None, bool]
) -> None:
    named(look, KEY)
    key = f"call-1/call_recording/{KEY}"
    look.world.held[key] = [Version("earlier", KEY.encode(), ENDED, *there)]
    look.lock = asked

    copier = look.copier()
    copier.secure_named(PLACE)

    [copy] = copier.artefacts
    [stored] = look.world.held[key]
    assert (stored.retain_until, stored.legal_hold) == then == (copy.retain_until, copy.legal_hold)
    assert copy.hold_version == "earlier"
    assert look.world.calls["evidence.lock"] == (there != then)


def test_other_bytes_under_the_copys_name_are_written_over_in_a_new_version(look: CopierFixture) -> None:
    named(look, KEY)
    key = f"call-1/call_recording/{KEY}"
    look.world.held[key] = [Version("strange", b"other", ENDED)]

    copier = look.copier()
    copier.secure_named(PLACE)

    assert [one.hold_version for one in copier.artefacts] == [look.world.held[key][-1].version_id]
    assert look.world.held[key][-1].body == KEY.encode()
    assert copier.missing == []


def test_every_version_of_an_object_is_held_the_further_ones_in_a_folder_beside(look: CopierFixture) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED, body=b"second")

    found = look.copier().run()

    folder = "call-1/call_recording"
    keys = {one.source_version: one.hold_key for one in found.artefacts if one.record_class is RECORDING}
    assert keys == {"v000002": f"{folder}/{KEY}", "v000001": f"{folder}/version-v000001/{KEY}"}


def test_a_version_without_an_id_is_named_by_the_moment_at_which_it_was_stored(look: CopierFixture) -> None:
    named(look, KEY)
    look.artefacts = (held(version="", held_at=ENDED - timedelta(days=1)),)
    copier = look.copier()
    [version] = copier._versions(PLACE)  # noqa: SLF001
    source = copier.sources.protect(RECORDING, RECORDING, version)

    assert copier._hold_key(replace(source, version_id=""), version) == (  # noqa: SLF001
        f"call-1/call_recording/version-20270503T100500Z/{KEY}"
    )


def test_a_version_that_is_held_is_not_copied_again_and_a_newer_one_is(look: CopierFixture) -> None:
    named(look, KEY)
    look.artefacts, look.placed_at = (held(),), LONG_AGO
    assert [one.record_class for one in look.copier().run().artefacts] == [RecordClass.CONTACT_RECORD]

    look.world.record(RECORDING, KEY, at=ENDED, body=b"redacted")
    newer = look.world.records[RECORDING, KEY][-1].version_id
    versions = [one.source_version for one in look.copier().run().artefacts if one.record_class is RECORDING]
    assert versions == [newer]


def test_a_name_that_is_url_encoded_is_found_in_clear_and_said_once(look: CopierFixture) -> None:
    clear = "2027/05/03/call-1_10:00.wav"
    look.world.record(RECORDING, clear, at=ENDED)
    copier = look.copier()
    encoded = replace(PLACE, key="2027/05/03/call-1_10%3A00.wav")

    for _ in range(2):
        copier.secure_named(encoded)
        copier.secure_named(replace(PLACE, key=clear))

    assert [one.source_key for one in copier.artefacts] == [clear]
    assert copier.missing == []


def test_a_name_that_is_there_as_it_is_is_taken_as_it_is(look: CopierFixture) -> None:
    for key in ("2027/05/03/call-1_10%3A00.wav", "2027/05/03/call-1_10:00.wav"):
        look.world.record(RECORDING, key, at=ENDED)
    copier = look.copier()

    copier.secure_named(replace(PLACE, key="2027/05/03/call-1_10%3A00.wav"))

    assert [one.source_key for one in copier.artefacts] == ["2027/05/03/call-1_10%3A00.wav"]


def test_the_recordings_of_one_contact_and_day_are_listed_once(look: CopierFixture) -> None:
    keys = [f"2027/05/03/call-1_{number}.wav" for number in range(3)]
    named(look, *keys)
    copier = look.copier()

    for key in keys:
        copier.secure_named(replace(PLACE, key=key))

    assert look.world.calls["sources.find"] == 1
    assert {one.source_key for one in copier.artefacts} == set(keys)


@pytest.mark.parametrize(("age", "listed", "newest"), [(THOROUGH - timedelta(seconds=1), 1, 0), (THOROUGH, 0, 1)])
def test_two_days_after_the_flag_a_look_asks_for_the_newest_version_alone(
    look: CopierFixture, age: timedelta, listed: int, newest: int
) -> None:
    named(look, KEY)
    look.artefacts, look.placed_at = (held(),), look.world.moment - age

    look.copier().secure_named(PLACE)

    assert (look.world.calls["sources.find"], look.world.calls["sources.newest"]) == (listed, newest)


def test_a_later_look_finds_a_version_that_came_since(look: CopierFixture) -> None:
    named(look, KEY)
    look.artefacts, look.placed_at = (held(),), LONG_AGO
    look.world.record(RECORDING, KEY, at=ENDED, body=b"redacted")

    copier = look.copier()
    copier.secure_named(PLACE)

    assert [one.source_version for one in copier.artefacts] == ["v000002"]


def test_a_later_look_leaves_a_held_copy_alone_whose_original_has_gone(look: CopierFixture) -> None:
    look.artefacts, look.placed_at = (held(),), LONG_AGO
    assert look.contact is not None

    copier = look.copier()
    copier.secure_named(PLACE)

    assert (copier.artefacts, copier.missing) == ([], [])
    assert look.world.calls["sources.find"] == 0


def test_a_look_after_the_period_asks_the_store_nothing_of_what_is_held(look: CopierFixture) -> None:
    look.artefacts, look.placed_at = (held(),), LONG_AGO
    look.world.moment = ENDED + timedelta(days=187)

    copier = look.copier()
    copier.run()

    assert copier.missing == []
    assert {name for name in look.world.calls if name.startswith("sources.")} == set()


def test_what_is_not_held_is_looked_for_by_every_look(look: CopierFixture) -> None:
    named(look, KEY)
    look.placed_at = LONG_AGO
    other = replace(held(), source_key="other")
    look.artefacts = (other,)

    copier = look.copier()
    copier.secure_named(PLACE)

    assert [one.source_key for one in copier.artefacts] == [KEY]


@pytest.mark.parametrize(("left", "told"), [(CLOSE_TO_ITS_END, False), (CLOSE_TO_ITS_END - timedelta(seconds=1), True)])
def test_an_original_with_less_than_two_weeks_to_live_is_worth_a_word(
    look: CopierFixture,
    left: timedelta,
    told: bool,  # noqa: FBT001 - a case of the test
) -> None:
    named(look, KEY)
    gone_at = ENDED + timedelta(days=184)
    look.world.moment = look.placed_at = gone_at - left

    assert look.copier().run().disappears_at == (gone_at if told else None)


def test_of_several_originals_the_first_to_go_is_told(look: CopierFixture) -> None:
    named(look, "2027/05/03/call-1_a.wav", "2027/05/03/call-1_b.wav", "2027/05/03/call-1_c.wav")
    days = (1, 0, 2)
    for (_, versions), day in zip(sorted(look.world.records.items()), days, strict=True):
        versions[0].made_at = ENDED + timedelta(days=day)
    look.world.moment = look.placed_at = ENDED + timedelta(days=175)

    assert look.copier().run().disappears_at == ENDED + timedelta(days=184)


def test_the_contact_record_is_held_as_connect_gives_it(look: CopierFixture) -> None:
    named(look, KEY)

    [copy] = (one for one in look.copier().run().artefacts if one.record_class is RecordClass.CONTACT_RECORD)

    key = "call-1/contact_record/contact1.json"
    assert look.contact is not None
    assert copy == HeldArtefact(
        contact_id=CALL,
        record_class=RecordClass.CONTACT_RECORD,
        source_bucket="",
        source_key="DescribeContact/call-1",
        source_version="",
        hold_key=key,
        hold_version=look.world.held[key][0].version_id,
        sha256=sha(look.contact.snapshot),
        bytes=len(look.contact.snapshot),
        held_at=look.world.moment,
        retain_until=END,
        legal_hold=False,
        source_freed=True,
    )


@pytest.mark.parametrize(
    ("taken", "ended", "again"),
    [
        (ENDED, ENDED, False),
        (ENDED - timedelta(seconds=1), ENDED, True),
        (ENDED, None, False),
        (ENDED, datetime(2099, 1, 1, tzinfo=UTC), False),
    ],
)
def test_a_contact_record_is_taken_again_once_the_contact_is_over(
    look: CopierFixture,
    taken: datetime,
    ended: datetime | None,
    again: bool,  # noqa: FBT001 - a case of the test
) -> None:
    key = "call-1/contact_record/contact1.json"
    assert look.contact is not None
    look.contact = replace(look.contact, ended_at=ended)
    look.artefacts = (
        held("DescribeContact/call-1", record_class=RecordClass.CONTACT_RECORD, hold_key=key, held_at=taken),
    )

    copier = look.copier()
    copier.snapshot(look.contact)

    assert [one.hold_key for one in copier.artefacts] == ["call-1/contact_record/contact2.json"] * again


def test_of_a_contact_of_which_nothing_is_there_no_record_is_taken(look: CopierFixture) -> None:
    assert look.copier().run().artefacts == ()


def test_evaluations_are_asked_for_where_there_are_any_and_they_are_stored(look: CopierFixture) -> None:
    assert look.contact is not None
    form = Evaluation(evaluation_id="e1", form="Quality", submitted=True, modified_at=ENDED, evaluator="user-1")
    look.forms = (form,)
    look.world.record(RecordClass.EVALUATION, "Evaluations/2027/05/03/e1.json", at=ENDED)

    look.copier().run()
    assert look.world.calls["connect.evaluations"] == 0

    look.contact = replace(look.contact, evaluated=True)
    found = look.copier().run().artefacts
    assert [one.source_key for one in found if one.record_class is RecordClass.EVALUATION] == [
        "Evaluations/2027/05/03/e1.json"
    ]

    look.world.calls.clear()
    look.without = (RecordClass.EVALUATION,)
    look.copier().run()
    assert look.world.calls["connect.evaluations"] == 0


def test_folders_are_walked_only_for_what_is_expected_and_not_held(look: CopierFixture) -> None:
    look.refers_to = (Reference(kind="ATTACHMENT", file_ids=("f1",)),)
    look.artefacts = (held("files/f1", record_class=RecordClass.ATTACHMENT), held())

    found = look.copier().run()

    assert found.missing == ()
    assert look.world.calls["sources.folders"] == 0
