"""What an inspection comes to in the register, in the hold bucket and for the complaints team."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.failures import Unavailable
from steward.holds.inspecting.inspection import FIRST_LOOK, TOUCHED, VANISHED, Unfinished
from steward.holds.register import ContactHolds, Ground, HoldStatus, MissingArtefact
from steward.holds.requests import Escalation
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import HoldReason, Stage
from tests.support.copier_fixture import END, KEY, RECORDING, held, hold
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint
from tests.support.hold_stores import Version

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
HELD = f"call-1/call_recording/{KEY}"
MANIFEST = "call-1/manifests/C-1.json"


def flagged(world: HoldFixture, **how: object) -> ContactId:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, **how))  # type: ignore[arg-type]
    return call


def test_an_inspection_is_noted_with_its_moment(world: HoldFixture) -> None:
    call = flagged(world)

    assert world.hold("C-1", call).inspected is True
    assert world.files[call].inspected_at == world.moment


def test_the_manifest_is_written_once_for_the_same_facts_under_the_lock_of_its_hold(world: HoldFixture) -> None:
    call = flagged(world)
    world.placing().reinspect(call)

    [version] = world.held[MANIFEST]
    assert (version.retain_until, version.legal_hold) == (END, False)
    assert world.hold("C-1", call).manifest_version == version.version_id


def test_a_manifest_says_what_is_held_and_what_is_not(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY, "2027/05/03/gone.wav"])
    del world.records[RECORDING, "2027/05/03/gone.wav"]
    world.placing().place(complaint(call))

    stated = json.loads(world.held[MANIFEST][0].body)
    recording = next(one for one in stated["artefacts"] if one["record_class"] == "call_recording")
    copy = next(one for one in world.files[call].present if one.record_class is RECORDING)
    assert {name: value for name, value in stated.items() if name not in ("format", "artefacts", "signature")} == {
        "case": "C-1",
        "contact_id": "call-1",
        "reason": "complaint",
        "stage": "1",
        "received_on": "2027-05-03",
        "received_on_assumed": False,
        "hold_until": "2028-11-03T00:00:00+00:00",
        "open_ended": False,
        "requested_by": "complaints",
        "signal": "case_event",
        "placed_at": "2027-05-04T09:00:00+00:00",
        "policy_version": world.policy.council.policy_version,
        "missing": [
            {
                "record_class": "call_recording",
                "source_key": "2027/05/03/gone.wav",
                "why": world.hold("C-1", call).missing[0].why,
            }
        ],
    }
    assert recording == {
        "record_class": "call_recording",
        "source": {"bucket": "call_recording", "key": KEY, "version_id": copy.source_version},
        "hold_key": HELD,
        "hold_version": copy.hold_version,
        "sha256": copy.sha256,
        "bytes": copy.bytes,
        "held_at": copy.held_at.isoformat(),
    }
    assert [one["hold_key"] for one in stated["artefacts"]] == sorted(one["hold_key"] for one in stated["artefacts"])


def test_the_end_in_a_manifest_stands_in_london_time(world: HoldFixture) -> None:
    flagged(world, received=datetime(2027, 1, 3, tzinfo=UTC).date())

    assert json.loads(world.held[MANIFEST][0].body)["hold_until"] == "2028-07-03T00:00:00+01:00"


def test_a_manifest_states_no_end_while_its_case_is_open(world: HoldFixture) -> None:
    call = flagged(world)
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 4), requested_by="officer.1")
    )
    world.work_off()

    assert world.hold("C-1", call).open_ended
    stated = json.loads(world.held[MANIFEST][-1].body)
    assert (stated["hold_until"], stated["open_ended"]) == (None, True)


def test_a_hold_that_keeps_nothing_has_no_manifest(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY)
    world.placing().place(complaint(call))

    assert world.hold("C-1", call).status is HoldStatus.NOTHING_HELD
    assert MANIFEST not in world.held


def test_a_contact_that_connect_does_not_know_is_missing_as_a_record(world: HoldFixture) -> None:
    world.placing().place(complaint("call-1"))

    hold = world.hold("C-1", ContactId("call-1"))
    assert hold.missing == (
        MissingArtefact(
            record_class=RecordClass.CONTACT_RECORD, source_key="", why="Connect does not know this contact"
        ),
    )
    assert hold.missing[0].ground is Ground.PASSING


@pytest.mark.parametrize("what", ["record", "missing"])
def test_a_contact_that_connect_knew_once_is_looked_for_though_it_was_forgotten(world: HoldFixture, what: str) -> None:
    call = flagged(world)
    del world.people[call]
    file = world.files[call]
    record = tuple(one for one in file.artefacts if one.record_class is RecordClass.CONTACT_RECORD)
    absent = MissingArtefact(
        record_class=RECORDING, source_bucket=RECORDING, source_key=KEY, why="not found", ground=Ground.ABSENT
    )
    hold = replace(file.holds[0], missing=() if what == "record" else (absent,))
    world.files[call] = replace(file, artefacts=record if what == "record" else (), holds=(hold,))

    world.placing().reinspect(call)

    assert "Connect does not know this contact" not in {one.why for one in world.hold("C-1", call).missing}
    assert [one.source_key for one in world.files[call].present if one.record_class is RECORDING] == (
        [] if what == "record" else [KEY]
    )


def test_an_undated_hold_of_one_case_is_lifted_when_it_ends_and_the_date_of_the_other_stays(
    world: HoldFixture,
) -> None:
    call = flagged(world)
    world.placing().place(complaint(call, case="C-2", reason=HoldReason.LEGAL_CLAIM))
    assert world.held[HELD][0].legal_hold
    ended = replace(world.hold("C-2", call), status=HoldStatus.RELEASED)
    world.files[call] = world.files[call].with_hold(ended)

    world.placing().reinspect(call)

    assert not world.held[HELD][0].legal_hold
    assert {one.legal_hold for one in world.files[call].present} == {False}
    assert world.files[call].version > 0


def test_a_legal_hold_that_was_being_lifted_when_the_process_ended_is_lifted_by_the_next_look(
    world: HoldFixture,
) -> None:
    call = flagged(world)
    world.placing().place(complaint(call, case="C-2", reason=HoldReason.LEGAL_CLAIM))
    ended = replace(world.hold("C-2", call), status=HoldStatus.RELEASED)
    world.files[call] = world.files[call].with_hold(ended)
    world.fail_before["evidence.lift"] = 1
    with pytest.raises(Unavailable):
        world.placing().reinspect(call)
    assert world.held[HELD][0].legal_hold

    world.placing().reinspect(call)
    assert not world.held[HELD][0].legal_hold
    assert {(one.legal_hold, one.changing) for one in world.files[call].present} == {(False, False)}


def test_a_legal_hold_that_was_being_lifted_is_set_again_for_a_case_that_came_meanwhile(world: HoldFixture) -> None:
    call = flagged(world)
    being_lifted = [replace(one, legal_hold=False, changing=True) for one in world.files[call].present]
    for one in being_lifted:
        world.files[call] = world.files[call].with_artefact(one)
    world.placing().place(complaint(call, case="C-2", reason=HoldReason.LEGAL_CLAIM))
    world.placing().reinspect(call)
    assert world.held[HELD][0].legal_hold
    assert {(one.legal_hold, one.changing) for one in world.files[call].present} == {(True, False)}


def test_a_legal_hold_that_was_being_set_when_the_process_ended_is_stewards_own_and_lifted_with_its_case(
    world: HoldFixture,
) -> None:
    call = flagged(world)
    world.fail_after["evidence.lock"] = 1
    with pytest.raises(Unavailable):
        world.placing().place(complaint(call, case="C-2", reason=HoldReason.LEGAL_CLAIM))
    assert any(one.legal_hold for versions in world.held.values() for one in versions)
    ended = [replace(one, status=HoldStatus.RELEASED) for one in world.files[call].holds if one.case == "C-2"]
    for one in ended:
        world.files[call] = world.files[call].with_hold(one)

    world.placing().reinspect(call)
    assert not any(one.legal_hold for versions in world.held.values() for one in versions)
    assert {(one.legal_hold, one.changing) for one in world.files[call].present} == {(False, False)}


def test_a_legal_hold_that_somebody_set_by_hand_is_left_by_every_look(world: HoldFixture) -> None:
    call = flagged(world)
    world.held[HELD][0].legal_hold = True
    for _ in range(2):
        world.placing().reinspect(call)
    assert world.held[HELD][0].legal_hold
    assert {one.legal_hold for one in world.files[call].present} == {False}


def test_a_lock_that_is_weaker_than_what_is_asked_for_is_extended_and_a_stronger_one_left(world: HoldFixture) -> None:
    call = flagged(world)
    before = world.calls["evidence.lock"]
    world.placing().place(complaint(call, case="C-2", received=datetime(2027, 5, 4, tzinfo=UTC).date()))

    assert world.held[HELD][0].retain_until == END + timedelta(days=1)
    assert {one.retain_until for one in world.files[call].present} == {END + timedelta(days=1)}
    extended = world.calls["evidence.lock"]
    assert extended > before
    world.placing().place(complaint(call, case="C-3", received=datetime(2027, 5, 1, tzinfo=UTC).date()))
    assert world.calls["evidence.lock"] == extended


def test_what_was_left_under_legal_hold_is_freed_when_no_hold_stands(world: HoldFixture) -> None:
    call = ContactId("call-1")
    world.record(RECORDING, KEY)
    [version] = world.records[RECORDING, KEY]
    version.legal_hold = True
    left = MissingArtefact(
        record_class=RECORDING,
        source_bucket=RECORDING,
        source_key=KEY,
        why="could not be copied yet",
        protected_version=version.version_id,
    )
    other = replace(left, source_key="other", protected_version=None)
    over = replace(hold(left, other, placed_at=JANUARY), status=HoldStatus.RELEASED)
    world.files[call] = ContactHolds(contact_id=call, holds=(over,), version=1)

    world.placing().reconciler.reconcile(world.files[call])

    assert not version.legal_hold
    assert world.calls["sources.free"] == 1
    assert world.hold("C-1", call).missing == (replace(left, protected_version=None), other)
    saved = world.calls["register.save"]
    world.placing().reconciler.reconcile(world.files[call])
    assert world.calls["register.save"] == saved


def test_whatever_somebody_did_to_copies_is_counted_and_told_by_key(world: HoldFixture) -> None:
    call = flagged(world)
    world.held[HELD].append(Version("strange", b"other", world.moment))
    world.held["call-1/contact_record/contact1.json"].clear()
    world.told.clear()

    world.placing().reinspect(call)

    assert world.counted[TOUCHED] == 2
    assert {kind for kind, *_ in world.told} >= {
        f"touched {HELD}",
        "touched call-1/contact_record/contact1.json",
    }


def test_a_copy_that_nobody_touched_is_no_news(world: HoldFixture) -> None:
    call = flagged(world)
    world.told.clear()

    world.placing().reinspect(call)

    assert (world.counted[TOUCHED], world.told) == (0, [])


def test_what_failed_and_may_pass_is_stored_before_the_inspection_asks_to_be_repeated(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.fail_before["sources.read"] = 1

    with pytest.raises(Unfinished) as told:
        world.placing().place(complaint(call))

    assert str(told.value) == "1 artefacts of the contact could not be secured yet"
    assert world.hold("C-1", call).missing[0].protected_version == world.records[RECORDING, KEY][0].version_id
    assert world.files[call].inspected_at == world.moment


@pytest.mark.parametrize(("after", "told"), [(FIRST_LOOK - timedelta(seconds=1), []), (FIRST_LOOK, ["outcome"])])
def test_what_is_missing_is_told_by_the_look_after_connects_own_delay(
    world: HoldFixture, after: timedelta, told: list[str]
) -> None:
    call = world.contact("call-1", JANUARY)
    world.placing().place(complaint(call))
    assert world.told == []

    world.moment += after
    world.placing().reinspect(call)

    assert [kind for kind, *_ in world.told] == told
    assert (world.hold("C-1", call).last_notified_outcome == "nothing_held|call_recording:") == bool(told)


def test_an_outcome_that_changed_is_told_again_and_one_worded_anew_is_not(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY)
    world.placing().place(complaint(call))
    world.moment += FIRST_LOOK
    world.placing().reinspect(call)
    world.placing().reinspect(call)
    assert [kind for kind, *_ in world.told] == ["outcome"]

    world.record(RECORDING, "2027/01/12/call-1.wav", at=JANUARY)
    world.placing().reinspect(call)

    assert [kind for kind, *_ in world.told] == ["outcome", "outcome"]
    assert world.hold("C-1", call).last_notified_outcome == "held"


def test_vanished_originals_are_counted_with_the_first_outcome_alone(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY, "2027/01/12/b.wav"])
    world.records.clear()
    world.placing().place(complaint(call))
    world.moment += FIRST_LOOK
    for _ in range(2):
        world.placing().reinspect(call)

    assert world.counted[VANISHED] == 2


def test_the_status_counts_what_is_held_and_not_what_is_being_removed(world: HoldFixture) -> None:
    call = flagged(world)
    file = world.files[call]
    world.files[call] = replace(
        file, artefacts=tuple(replace(one, removed_why="removed: card data") for one in file.artefacts)
    )
    world.people.pop(call)

    world.placing().reinspect(call)

    assert world.hold("C-1", call).status is HoldStatus.NOTHING_HELD


def test_a_hold_whose_end_has_come_is_left_as_it_was_by_an_inspection_for_another(world: HoldFixture) -> None:
    call = flagged(world)
    over = replace(hold(placed_at=JANUARY, case="C-0"), hold_until=world.moment, status=HoldStatus.PARTIAL)
    world.files[call] = world.files[call].with_hold(over)

    world.placing().reinspect(call)

    assert world.hold("C-0", call) in (over, replace(over, last_notified_outcome="partial"))
    assert world.hold("C-0", call).inspected is False


def test_copies_are_freed_once_they_stand_in_the_register(world: HoldFixture) -> None:
    call = flagged(world)
    freed = world.calls["sources.free"]
    world.placing().reinspect(call)

    assert world.calls["sources.free"] == freed == 1
    world.files[call] = world.files[call].with_artefact(
        held("other", hold_key="call-1/call_recording/other", source_freed=False)
    )
    world.held["call-1/call_recording/other"] = [Version("h1", b"o", world.moment, END)]
    world.placing().reinspect(call)
    assert world.calls["sources.free"] == freed + 1
