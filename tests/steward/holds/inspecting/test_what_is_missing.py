"""What a look says of something that is not held: which object, why, and whether that may pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.holds.contacts import LIVE_STREAM, Reference
from steward.holds.discovery import Location
from steward.holds.inspecting.copying import LATE, NOT_FOUND, STREAMED, Findings
from steward.holds.register import Ground, MissingArtefact
from steward.ids import RecordClass
from tests.support.copier_fixture import BEGAN, ENDED, KEY, RECORDING, CopierFixture, held, recorded
from tests.support.hold_stores import FakeEvidence

NO_NAME = "Connect names no recording or transcript for this contact"
FILE = Reference(kind="ATTACHMENT", file_ids=("f1",))


def missing(why: str, ground: Ground = Ground.ABSENT, *, key: str = KEY, **changes: object) -> MissingArtefact:
    one = MissingArtefact(record_class=RECORDING, source_bucket=RECORDING, source_key=key, why=why, ground=ground)
    return replace(one, **changes)  # type: ignore[arg-type]


def named(look: CopierFixture, *keys: str, **changes: object) -> None:
    """Let Connect name these recordings."""
    assert look.contact is not None
    one = replace(recorded(), **changes)  # type: ignore[arg-type]
    look.contact = replace(look.contact, recordings=tuple(replace(one, key=key) for key in keys))


def test_a_recording_that_connect_deleted_is_missing_for_connects_reason(look: CopierFixture) -> None:
    named(look, KEY, deleted=True, deletion_reason="Connect says: redacted")

    assert look.copier().run().missing == (missing("Connect says: redacted", Ground.KNOWN),)


def test_a_recording_that_is_not_in_the_store_is_absent_and_vanished_a_day_after_it_was_made(
    look: CopierFixture,
) -> None:
    named(look, KEY)
    look.world.moment = ENDED + LATE

    found = look.copier().run()

    assert (found.missing, found.vanished) == ((missing(NOT_FOUND),), 1)

    look.world.moment = ENDED + LATE - timedelta(seconds=1)
    assert look.copier().run().vanished == 0


def test_a_live_stream_is_missing_as_what_it_is(look: CopierFixture) -> None:
    named(look, "arn:stream", bucket="", storage=LIVE_STREAM)

    assert missing(STREAMED, Ground.KNOWN, key="arn:stream", source_bucket="") in look.copier().run().missing


def test_an_object_of_a_class_that_is_not_stored_is_missing_because_of_that(look: CopierFixture) -> None:
    named(look, KEY)
    look.without = (RECORDING,)

    assert look.copier().run().missing == (missing("this council does not store call_recording records"),)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (KEY, "gone since before 2027-11-03, when S3 had it no more"),
        ("", "the analysis is not there"),
    ],
)
def test_what_is_over_is_missing_with_the_day_on_which_its_period_ended(
    look: CopierFixture, key: str, said: str
) -> None:
    at = Location(record_class=RECORDING, bucket=RECORDING, key=key, made_at=ENDED)
    look.world.moment = ENDED + timedelta(days=184)

    copier = look.copier()
    copier._report_absent(at, "the analysis is not there")  # noqa: SLF001

    assert copier.missing == [missing(f"{said}; its retention period of 6 months ended on 2027-11-03", key=key)]
    assert copier.vanished == 0

    look.world.moment -= timedelta(seconds=1)
    before = look.copier()
    before._report_absent(at, "the analysis is not there")  # noqa: SLF001
    assert before.missing == [missing("the analysis is not there", key=key)]


@pytest.mark.parametrize(("ended", "why"), [(ENDED, NO_NAME), (None, NO_NAME)])
def test_what_connect_does_not_name_is_looked_for_and_missed_without_a_name(
    look: CopierFixture, ended: datetime | None, why: str
) -> None:
    assert look.contact is not None
    look.contact = replace(look.contact, ended_at=ended)

    found = look.copier().run()

    assert found.missing == (missing(why, key=""),)
    assert (found.vanished, found.retry) == (0, False)


def test_the_period_of_a_search_counts_from_the_contacts_end(look: CopierFixture) -> None:
    """A chat of seven days began a week before its transcript was made."""
    assert look.contact is not None
    look.contact = replace(look.contact, initiated_at=ENDED - timedelta(days=7))
    look.world.moment = look.placed_at = ENDED + timedelta(days=184) - timedelta(seconds=1)
    assert look.copier().run().missing == (missing(NO_NAME, key=""),)

    look.world.moment = look.placed_at = ENDED + timedelta(days=184)
    assert look.copier().run().missing == (
        missing(f"{NO_NAME}; its retention period of 6 months ended on 2027-11-03", key=""),
    )


def test_a_search_that_fails_is_missing_for_now_and_has_to_be_repeated(look: CopierFixture) -> None:
    look.world.fail_before["sources.find"] = 1

    found = look.copier().run()

    why = "could not be looked for yet: sources.find answered ServiceUnavailable"
    assert missing(why, Ground.PASSING, key="") in found.missing
    assert found.retry


@pytest.mark.parametrize(
    ("call", "left"), [("sources.protect", None), ("sources.read", "v000001"), ("evidence.copy", "v000001")]
)
def test_a_copy_that_fails_names_the_call_and_the_version_that_was_left_under_legal_hold(
    look: CopierFixture, call: str, left: str | None
) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED)
    look.world.fail_before[call] = 1

    found = look.copier().run()

    why = f"could not be copied yet: {call} answered ServiceUnavailable"
    assert found.missing == (missing(why, Ground.PASSING, protected_version=left),)
    assert found.retry


def test_what_may_never_be_read_is_missing_and_not_tried_again_at_once(look: CopierFixture) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED)
    look.world.denied.add(KEY)

    found = look.copier().run()

    why = "could not be copied yet: s3.GetObject answered AccessDenied"
    assert found.missing == (missing(why, Ground.PASSING, protected_version="v000001"),)
    assert not found.retry


@pytest.mark.parametrize("call", ["sources.find", "sources.protect"])
def test_the_version_that_an_earlier_look_left_under_legal_hold_is_not_forgotten(
    look: CopierFixture, call: str
) -> None:
    named(look, KEY)
    look.missing = (missing("", key="other"), missing("could not be copied yet", protected_version="v7"))
    look.world.record(RECORDING, KEY, at=ENDED)
    look.world.fail_before[call] = 1

    [passing] = [one for one in look.copier().run().missing if one.source_key == KEY]

    assert passing.protected_version == "v7"


def test_a_copy_that_differs_twice_leaves_its_original_under_legal_hold(
    look: CopierFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED)
    put = FakeEvidence._put  # noqa: SLF001
    monkeypatch.setattr(
        FakeEvidence, "_put", lambda self, key, body, lock, **how: put(self, key, body + b"!", lock, **how)
    )

    copier = look.copier()
    copier.secure_named(Location(record_class=RECORDING, bucket=RECORDING, key=KEY))

    why = "the copy differs from the original; the original stays under legal hold"
    assert copier.missing == [missing(why, Ground.PASSING, protected_version="v000001")]
    assert copier.artefacts == []
    assert look.world.records[RECORDING, KEY][0].legal_hold


def test_an_original_that_went_between_the_list_and_the_copy_is_absent(
    look: CopierFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED)
    copier = look.copier()
    find = copier.sources.find

    def gone(bucket: str, prefix: str) -> object:
        versions = find(bucket, prefix)
        look.world.records.clear()
        return versions

    monkeypatch.setattr(copier.sources, "find", gone)
    copier.secure_named(Location(record_class=RECORDING, bucket=RECORDING, key=KEY))

    assert copier.missing == [missing(NOT_FOUND)]
    assert not copier.retry


def test_a_contact_record_that_cannot_be_stored_is_missing_for_now(look: CopierFixture) -> None:
    look.artefacts = (held(),)
    look.world.fail_before["evidence.store"] = 1

    found = look.copier().run()

    assert found.retry
    assert found.missing[-1] == MissingArtefact(
        record_class=RecordClass.CONTACT_RECORD,
        source_bucket="",
        source_key="",
        why="could not be stored yet: evidence.store answered ServiceUnavailable",
    )


def test_what_was_removed_for_a_reason_stays_missing_for_it(look: CopierFixture) -> None:
    named(look, KEY)
    look.world.record(RECORDING, KEY, at=ENDED)
    look.artefacts = (held(removed_why="removed: it held card data"),)

    found = look.copier().run()

    assert found.missing == (missing("removed: it held card data", Ground.KNOWN),)
    assert found.artefacts == ()


@pytest.mark.parametrize("ground", [Ground.ABSENT, Ground.KNOWN])
def test_of_a_contact_that_connect_has_forgotten_what_was_missing_without_a_name_is_missing_still(
    look: CopierFixture, ground: Ground
) -> None:
    known = missing(NO_NAME, ground, key="")
    passing = missing("could not be looked for yet", Ground.PASSING, key="")
    look.missing = (known, passing, known)

    look.contact = None

    assert look.copier().run() == Findings(artefacts=(), missing=(known,), disappears_at=None, retry=False)


def test_what_was_missing_by_name_is_looked_for_again(look: CopierFixture) -> None:
    look.contact = None
    look.missing = (missing(NOT_FOUND), missing(NOT_FOUND, key="other"))
    look.world.record(RECORDING, KEY, at=ENDED)

    found = look.copier().run()

    assert [one.source_key for one in found.artefacts] == [KEY]
    assert found.missing == (missing(NOT_FOUND, key="other"),)


SAID = "the held copy was deleted from the hold bucket, as seen on 2027-05-04"


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_held_copy_that_somebody_deleted_and_whose_original_is_gone_is_missing_as_that(
    look: CopierFixture,
    forgotten: bool,  # noqa: FBT001 - a case of the test
) -> None:
    look.lost = (held(),)
    look.contact = None if forgotten else look.contact

    found = look.copier().run()

    assert found.missing[0] == missing(f"{SAID}; its original is not in the store any more", Ground.KNOWN)


def test_a_held_copy_that_somebody_deleted_is_made_again_while_its_original_lives(look: CopierFixture) -> None:
    look.lost, look.contact = (held(),), None
    look.world.record(RECORDING, KEY, at=ENDED)

    found = look.copier().run()

    assert ([one.source_key for one in found.artefacts], found.missing) == ([KEY], ())


def test_a_contact_record_that_somebody_deleted_cannot_be_had_again_once_connect_has_forgotten_the_contact(
    look: CopierFixture,
) -> None:
    record = held("DescribeContact/call-1", record_class=RecordClass.CONTACT_RECORD, source_bucket="")
    look.lost, look.contact = (record,), None

    assert look.copier().run().missing == (
        MissingArtefact(
            record_class=RecordClass.CONTACT_RECORD,
            source_bucket="",
            source_key="DescribeContact/call-1",
            why=SAID,
            ground=Ground.KNOWN,
        ),
    )


def test_why_a_lost_copy_could_not_be_looked_for_is_said_as_it_is(look: CopierFixture) -> None:
    look.lost, look.contact = (held(),), None
    look.world.fail_before["sources.find"] = 1

    found = look.copier().run()

    assert found.missing == (
        missing("could not be copied yet: sources.find answered ServiceUnavailable", Ground.PASSING),
    )


@pytest.mark.parametrize("channel", ["VOICE", "CHAT"])
@pytest.mark.parametrize(("days", "asked"), [(1, True), (2, False)])
def test_the_files_of_a_call_that_is_long_over_are_not_asked_for_in_every_look(
    look: CopierFixture,
    channel: str,
    days: int,
    asked: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """What was missing is missing still; an agent may send a file in a chat for as long as it lives."""
    assert look.contact is not None
    look.contact = replace(look.contact, channel=channel)
    look.world.moment = ENDED + timedelta(days=days)
    look.placed_at = BEGAN - timedelta(days=30)
    unnamed = missing("not there", key="", record_class=RecordClass.ATTACHMENT, source_bucket="attachment")
    elsewhere = missing("not there", key="")
    look.missing = (unnamed, elsewhere, missing("not there", record_class=RecordClass.ATTACHMENT))

    found = look.copier()._references(look.contact)  # noqa: SLF001

    assert found == ()
    assert look.world.calls["connect.references"] == (asked or channel == "CHAT")
    copier = look.copier()
    copier._references(look.contact)  # noqa: SLF001
    assert copier.missing == ([] if asked or channel == "CHAT" else [unnamed])


def test_files_are_asked_for_while_the_flag_is_fresh_or_the_call_goes_on(look: CopierFixture) -> None:
    look.refers_to = (FILE,)
    assert look.contact is not None
    look.world.moment = look.placed_at = datetime(2027, 9, 1, tzinfo=UTC)
    assert look.copier()._references(look.contact) == (FILE,)  # noqa: SLF001

    look.placed_at = BEGAN
    assert look.copier()._references(replace(look.contact, ended_at=None)) == (FILE,)  # noqa: SLF001

    look.without = (RecordClass.ATTACHMENT, RecordClass.EMAIL_MESSAGE)
    look.placed_at = look.world.moment
    assert look.copier()._references(look.contact) == ()  # noqa: SLF001


def test_a_file_that_the_contact_refers_to_and_that_is_not_there_is_missing(look: CopierFixture) -> None:
    look.refers_to = (FILE,)
    look.world.record(RECORDING, KEY, at=ENDED)

    assert look.copier().run().missing == (
        missing(
            "the contact refers to this file and it is not in the store",
            key="",
            record_class=RecordClass.ATTACHMENT,
            source_bucket="attachment",
        ),
    )
