from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from steward.holds.inspecting.inspection import FIRST_LOOK
from steward.holds.inspecting.searching import MOST_FOLDERS
from steward.holds.register import HoldStatus
from steward.holds.requests import BadRequest
from steward.ids import CaseRef, ContactId, RecordClass
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
KEY = "connect/barnet/CallRecordings/2027/01/12/call-1_20270112T10:00_UTC.wav"
END = datetime(2028, 11, 3, tzinfo=UTC)


def test_a_flagged_recording_is_copied_with_the_lock_of_its_case(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call))

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.HELD
    assert hold.hold_until == END
    (copy,) = world.copies(call, of="call_recording")
    assert copy[0] == f"call-1/call_recording/{KEY}"
    assert copy[1].retain_until == END
    assert not copy[1].legal_hold


def test_a_first_flag_is_written_without_reading_what_is_not_there(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call))

    assert world.calls["register.case"] == world.calls["register.file"] == 0
    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_the_contact_record_is_held_beside_the_recording(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call))

    (snapshot,) = world.copies(call, of="contact_record")
    assert snapshot[1].body == b'{"Id": "call-1"}'
    assert snapshot[1].retain_until == END


def test_the_original_is_free_again_once_the_copy_stands_in_the_register(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call))

    assert not world.records[RecordClass.CALL_RECORDING, KEY][0].legal_hold
    assert all(artefact.source_freed for artefact in world.files[call].present)


def test_every_contact_of_the_chain_is_held(world: HoldFixture) -> None:
    first = world.contact("call-1", JANUARY, keys=[KEY])
    second = world.contact("call-2", JANUARY, keys=["2027/01/12/call-2.wav"])
    world.chains = {first: (second,), second: (first,)}

    world.placing().place(complaint(second))

    assert {world.hold("C-1", one).status for one in (first, second)} == {HoldStatus.HELD}
    assert world.hold("C-1", first).signal == "chain"


def test_analysis_files_are_held_wherever_connect_keeps_them(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    found = [
        "Analysis/Voice/2027/01/12/call-1_analysis_2027-01-12T10:09:00Z.json",
        "Analysis/Voice/Redacted/2027/01/12/call-1_call_recording_redacted_2027-01-12T10:09:00Z.wav",
        "connect/barnet/Analysis/Voice/2027/01/12/call-1_analysis_2027-01-12T10:09:00Z.json",
    ]
    others = ["Analysis/Voice/2027/01/12/call-9_analysis.json", "Analysis/Voice/2027/01/14/call-1_analysis.json"]
    for key in (*found, *others):
        world.record(RecordClass.CALL_RECORDING, key, at=JANUARY)

    world.placing().place(complaint(call))

    assert {key for key, _ in world.copies(call, of="Analysis")} == {f"call-1/call_recording/{key}" for key in found}


@pytest.mark.parametrize(
    "key",
    [
        "connect/barnet/CallRecordings/2027/01/12/call-1_20270112T10:00_UTC.wav",
        "connect/barnet/CallRecordings/ivr/2027/01/12/call-1_20270112T10:00_UTC.wav",
        "2027/01/12/call-1.wav",
    ],
)
def test_a_recording_that_connect_does_not_name_is_found_below_whatever_folder(world: HoldFixture, key: str) -> None:
    call = world.contact("call-1", JANUARY)
    world.record(RecordClass.CALL_RECORDING, key, at=JANUARY)
    world.record(RecordClass.CALL_RECORDING, key.replace("call-1", "call-2"), at=JANUARY)

    world.placing().place(complaint(call))

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert [name for name, _ in world.copies(call, of="call_recording")] == [f"call-1/call_recording/{key}"]


@pytest.mark.parametrize("channel", ["VOICE", "CHAT", ""])
def test_a_contact_without_any_recording_is_registered_as_nothing_held(world: HoldFixture, channel: str) -> None:
    contact = world.contact("call-1", JANUARY, channel=channel)

    world.placing().place(complaint(contact))

    hold = world.hold("C-1", contact)
    assert hold.status is HoldStatus.NOTHING_HELD
    assert [missing.why for missing in hold.missing] == ["Connect names no recording or transcript for this contact"]


def test_the_walk_for_a_recording_that_is_nowhere_is_bounded(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY)
    for number in range(50):
        world.record(RecordClass.CALL_RECORDING, f"folder-{number:02}/2027/01/12/other.wav", at=JANUARY)

    world.placing().place(complaint(call))

    assert world.hold("C-1", call).status is HoldStatus.NOTHING_HELD
    assert world.calls["sources.folders"] == MOST_FOLDERS


def test_a_recording_whose_time_was_over_is_reported_with_its_date_and_not_as_a_removal_that_was_seen(
    world: HoldFixture,
) -> None:
    call = world.contact("call-1", JANUARY - timedelta(days=60), keys=[KEY])
    world.records.clear()
    world.moment = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)

    world.placing().place(complaint(call))

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.NOTHING_HELD
    gone = "gone since before 2027-06-01, when S3 had it no more; its retention period of 6 months ended on 2027-05-16"
    assert [(one.source_key, one.why) for one in hold.missing] == [(KEY, gone)]
    assert world.told == [], "what is missing may still be on its way"
    world.work_off(world.moment + FIRST_LOOK)
    assert world.told == [("outcome", "C-1", "call-1")]
    assert world.copies(call) == []


def test_one_of_two_recordings_gone_is_a_partial_hold(world: HoldFixture) -> None:
    other = "2027/01/12/call-1_ivr.wav"
    call = world.contact("call-1", JANUARY, keys=[KEY, other])
    del world.records[RecordClass.CALL_RECORDING, other]

    world.placing().place(complaint(call))

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.PARTIAL
    assert [(one.source_key, one.why) for one in hold.missing] == [(other, "not found in the store")]


def test_an_original_that_is_gone_before_its_time_is_counted_once(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.records.clear()

    for _ in range(2):
        world.placing().place(complaint(call))
    world.work_off(world.moment + timedelta(hours=30))

    assert world.counted == {"SourceVanished": 1}


def test_a_recording_that_connect_does_not_name_has_not_vanished(world: HoldFixture) -> None:
    world.placing().place(complaint(world.contact("call-1", JANUARY)))

    assert not world.counted


@pytest.mark.parametrize("passed", [timedelta(hours=2), timedelta(days=200)])
def test_an_original_that_may_still_come_or_whose_time_is_over_has_not_vanished(
    world: HoldFixture, passed: timedelta
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.records.clear()
    world.moment = JANUARY + passed

    world.placing().place(complaint(call))

    assert not world.counted


def test_a_contact_that_connect_does_not_know_is_registered_as_nothing_held(world: HoldFixture) -> None:
    world.placing().place(complaint("call-404"))

    hold = world.hold("C-1", ContactId("call-404"))
    assert hold.status is HoldStatus.NOTHING_HELD
    assert [one.why for one in hold.missing] == ["Connect does not know this contact"]
    world.work_off(world.moment + FIRST_LOOK)
    assert world.told == [("outcome", "C-1", "call-404")]


def test_a_recording_that_arrives_a_minute_after_the_flag_raises_no_alarm(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    stored = world.records.pop((RecordClass.CALL_RECORDING, KEY))
    world.placing().place(complaint(call))
    assert world.hold("C-1", call).status is HoldStatus.NOTHING_HELD

    world.records[RecordClass.CALL_RECORDING, KEY] = stored
    world.work_off(world.moment + timedelta(hours=30))

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert world.told == []


def test_what_is_held_after_a_message_that_it_was_not_is_told_as_well(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    stored = world.records.pop((RecordClass.CALL_RECORDING, KEY))
    world.placing().place(complaint(call))
    world.work_off(world.moment + FIRST_LOOK)
    world.records[RecordClass.CALL_RECORDING, KEY] = stored
    world.work_off(world.moment + timedelta(hours=30))

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert world.told == [("outcome", "C-1", "call-1")] * 2


def test_a_late_analysis_is_held_by_the_next_look_at_the_contact(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    late = "Analysis/Voice/2027/01/12/call-1_analysis_2027-01-12T10:09:00Z.json"
    world.record(RecordClass.CALL_RECORDING, late)

    world.work_off(until=world.moment + timedelta(minutes=15))

    assert world.copies(call, of=late)


@pytest.mark.parametrize(("channel", "hours"), [("CHAT", [0.25, 1, 24]), ("VOICE", [0.25, 1])])
def test_a_contact_is_looked_at_again_after_15_minutes_an_hour_and_a_day_where_it_is_not_settled(
    world: HoldFixture, channel: str, hours: list[float]
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY], channel=channel)
    flagged = world.moment
    world.placing().place(complaint(call))
    looks = []
    while world.queue:
        looks.append(world.queue[0][2] - flagged)
        world.work_off(until=world.queue[0][2])

    assert looks == [timedelta(hours=one) for one in hours]


def test_a_transfer_that_happens_after_the_flag_is_held_by_a_later_look(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    transferred = world.contact("call-2", JANUARY, keys=["2027/01/12/call-2.wav"])
    world.chains = {call: (transferred,)}

    world.work_off(until=world.moment + timedelta(hours=1))

    assert world.hold("C-1", transferred).status is HoldStatus.HELD


def test_a_source_that_may_not_be_read_stays_under_legal_hold_and_is_reported(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.denied = {KEY}

    world.placing().place(complaint(call))

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.NOTHING_HELD
    assert [one.why for one in hold.missing] == ["could not be copied yet: s3.GetObject answered AccessDenied"]
    assert world.records[RecordClass.CALL_RECORDING, KEY][0].legal_hold


def test_a_copy_that_differs_from_its_original_is_made_again(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.held[f"call-1/call_recording/{KEY}"] = []
    placing = world.placing()
    evidence = placing.reconciler.evidence
    real = evidence.copy
    spoilt: list[str] = []

    def spoil(source: object, content: object, key: str, lock: object, *, replace: bool = False) -> object:
        copy = real(source, content, key, lock, replace=replace)  # type: ignore[arg-type]
        if not spoilt:
            spoilt.append(key)
            world.held[key][-1].body = b""
            return type(copy)(**{**copy.__dict__, "bytes": 0})
        return copy

    object.__setattr__(evidence, "copy", spoil)
    placing.place(complaint(call))

    held = [artefact for artefact in world.files[call].present if artefact.record_class is RecordClass.CALL_RECORDING]
    assert [artefact.bytes for artefact in held] == [len(KEY)]
    assert world.held[held[0].hold_key][-1].body == KEY.encode()


def test_many_contacts_go_to_the_queue_one_message_each(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n}", JANUARY, keys=[f"2027/01/12/call-{n}.wav"]) for n in range(50)]

    world.placing().place(complaint(*calls))
    assert [task[0] for task in world.queue] == ["hold"] * 50
    world.work_off()

    assert {world.hold("C-1", call).status for call in calls} == {HoldStatus.HELD}


def test_a_long_chain_ends(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n}", JANUARY, keys=[f"2027/01/12/call-{n}.wav"]) for n in range(8)]
    world.chains = {one: tuple(other for other in calls if other != one) for one in calls}

    world.placing().place(complaint(calls[0]))
    world.work_off()

    assert {world.hold("C-1", call).status for call in calls} == {HoldStatus.HELD}
    assert world.calls["work.hold"] == 1


def test_a_flag_shortly_before_disposal_is_told_to_the_complaints_team(world: HoldFixture) -> None:
    call = world.contact("call-1", world.moment - timedelta(days=175), keys=[KEY])

    world.placing().place(complaint(call))

    assert world.told == [("expiring", "C-1", "call-1")]


def test_a_case_nobody_logged_cannot_be_applied(world: HoldFixture) -> None:
    with pytest.raises(BadRequest, match="case: is not on record"):
        world.placing().hold(CaseRef("C-9"), ContactId("call-1"), "case_event")


def test_an_email_that_connect_does_not_name_is_looked_for_and_missed(world: HoldFixture) -> None:
    contact = world.contact("mail-1", JANUARY, channel="EMAIL")

    world.placing().place(complaint(contact))

    hold = world.hold("C-1", contact)
    assert hold.status is HoldStatus.NOTHING_HELD
    assert [one.why for one in hold.missing] == ["Connect names no message for this e-mail contact"]


def test_the_same_thing_missing_for_another_reason_is_told_once(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.denied = {KEY}
    world.placing().place(complaint(call))
    world.denied = set()
    world.records.clear()
    world.moment += timedelta(minutes=15)
    world.work_off()

    assert world.hold("C-1", call).missing[0].why == "not found in the store"
    assert [kind for kind, *_ in world.told] == ["outcome"]


def test_a_reference_in_welsh_is_a_reference(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call, case="Cŵyn 2027/14"))

    assert world.hold("Cŵyn 2027/14", call).status is HoldStatus.HELD
