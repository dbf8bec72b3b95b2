"""What cannot be told, read or listed of one contact stops nothing of the others, and is tried again soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from steward.failures import AccessDenied, Throttled, UnreadableRow
from steward.ids import ContactId
from steward.rights.erasure import planning
from steward.rights.erasure.adapters import table
from steward.rights.erasure.artefacts import Artefact, ArtefactStatus, Erased, Erasure, ErasureStatus, planned
from steward.rights.erasure.planning import PAUSE
from steward.rights.erasure.ports import Hindrance
from steward.rights.requests import Refusal, RequestId
from tests.support.rights.erasing import BEGAN, Council, name


@pytest.mark.parametrize("row", [UnreadableRow("a row of kind Hold cannot be read"), AccessDenied("d.Query", "Denied")])
def test_a_contact_of_which_nobody_can_tell_what_holds_it_stays_and_stops_no_other(row: Exception) -> None:
    council = Council(6)
    council.unreadable = {name(1): row}
    council.erased()
    assert council.stands is not None
    failed = council.stands.of(ArtefactStatus.FAILED)
    assert {one.contact_id for one in failed} == {name(1)}
    assert {one.store for one in failed} == {"call_recording", "connect", "contact_record"}
    assert {one.ground for one in failed} == {"unreadable_row" if isinstance(row, UnreadableRow) else "Denied"}
    assert council.there == {("call_recording", f"{name(1)}.wav"), ("connect", name(1))}
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour", name(1)}
    assert council.said[-1] == "failed done_in_part"
    assert "ErasureFailed 3" in council.counted
    council.unreadable.clear()
    council.tomorrow()
    assert council.stands.status is ErasureStatus.DONE
    assert council.there == set()
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_a_row_that_cannot_be_read_right_before_the_act_keeps_what_it_is_about() -> None:
    council = Council(3)
    council.ask("plan")
    council.work_off()
    council.approve()
    asked = iter([None])
    tells = council.hindrance

    def unreadable_at_the_second_time(contact_id: ContactId, request: RequestId) -> Hindrance | None:
        if contact_id == name(1) and next(asked, contact_id) is not None:
            raise UnreadableRow("a row of kind Hold cannot be read")
        return tells(contact_id, request)

    council.hindrance = unreadable_at_the_second_time  # type: ignore[method-assign]
    council.deliver()
    assert council.there == {("call_recording", f"{name(1)}.wav"), ("connect", name(1))}
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour", name(1)}


def test_recipients_whose_disclosures_cannot_be_read_are_told_once_they_can_be() -> None:
    council = Council(3)
    council.given = {name(0): "DIS-1", name(1): "DIS-2"}
    council.unknown_recipients, council.locked = {name(1)}, {f"{name(2)}.wav"}
    council.erased()
    told = [one for one in council.said if one.startswith("Recipients")]
    assert told == ["Recipients To Tell ['DIS-1']"]
    council.unknown_recipients.clear()
    council.locked.clear()
    council.tomorrow()
    assert [one for one in council.said if one.startswith("Recipients")][1:] == [
        "Recipients To Tell ['DIS-1', 'DIS-2']"
    ]
    council.tomorrow()
    assert len([one for one in council.said if one.startswith("Recipients")]) == 2


def test_what_was_done_before_a_month_could_not_be_listed_is_kept_and_not_gone_through_again() -> None:
    council = Council(6)
    council.ask("plan")
    council.work_off()
    council.approve()
    council.unlisted = AccessDenied("s3.ListObjectsV2", "AccessDenied")
    with pytest.raises(AccessDenied):
        council.deliver()
    assert council.stands is not None
    assert set(council.stands.swept) == {name(number) for number in range(6)}
    assert council.stands.count(ArtefactStatus.ERASED) == 12
    council.looked.clear()
    council.deliver()
    assert council.looked == {}
    council.work_off()
    assert council.stands.status is ErasureStatus.DONE


@pytest.mark.parametrize("first", [True, False], ids=["the first pass", "the verifying pass"])
def test_what_failed_in_an_earlier_run_of_a_pass_is_tried_again_after_a_quarter_of_an_hour(first: bool) -> None:  # noqa: FBT001
    council = Council(30, steps=12)
    council.ask("plan")
    council.work_off()
    council.approve()
    if not first:
        while not council.queue[0][1]:
            council.deliver()
        council.at += timedelta(hours=1)
        council.there.add(("call_recording", f"{name(0)}.wav"))
    council.unreadable = {name(0): Throttled("dynamodb.Query", "ThrottlingException")}
    council.deliver()
    council.unreadable.clear()
    assert council.stands is not None
    assert council.stands.of(ArtefactStatus.FAILED)
    while not council.queue[0][1]:
        council.deliver()
    assert [seconds for _, seconds, _ in council.queue] == [900]
    began = council.at
    council.work_off()
    assert council.stands.status is ErasureStatus.DONE
    assert council.at - began < timedelta(hours=2)
    assert not [one for one in council.said if one.startswith("failed")]


def test_a_planning_that_is_throttled_keeps_what_it_found_and_goes_on_after_a_pause() -> None:
    council = Council(30)
    council.unreadable = {name(20): Throttled("dynamodb.Query", "ThrottlingException")}
    council.ask("plan")
    council.deliver()
    assert council.stands is not None
    assert len(council.stands.swept) == 20
    assert [(what, seconds) for what, seconds, _ in council.queue] == [("plan", PAUSE)]
    # It found nothing more: the queue says how often that is tried, and nothing that was found is lost.
    with pytest.raises(Throttled):
        council.deliver()
    assert len(council.stands.swept) == 20
    council.unreadable.clear()
    council.work_off()
    assert council.stands.status is ErasureStatus.SCOPED
    assert council.stands.count(ArtefactStatus.PENDING) == 3 * 30
    assert {len(one) for one in council.looked.values()} <= {1, 2}
    assert sum(len(one) for one in council.looked.values()) == 30


def test_a_plan_that_stood_stands_while_a_new_one_cannot_even_be_begun() -> None:
    council = Council(3)
    council.ask("plan")
    council.work_off()
    council.unreadable = {name(0): Throttled("dynamodb.Query", "ThrottlingException")}
    council.ask("plan")
    with pytest.raises(Throttled):
        council.deliver()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.SCOPED


def test_a_request_about_more_contacts_than_a_row_has_room_for_is_refused_once_and_looked_at_once_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    council = Council(6)
    council.ask("plan")
    council.work_off()
    council.said.clear()
    monkeypatch.setattr(planning, "MOST_CONTACTS", 5)
    for _ in range(2):
        council.ask("plan")
        council.work_off()
    assert council.said == ["too large 6 of 5"]
    assert council.stands is not None
    assert council.stands.status.value == "planning", "nobody agrees to what stood before"
    council.rejected.add(name(5))
    council.ask("plan")
    council.work_off()
    assert council.stands.status is ErasureStatus.SCOPED
    assert council.stands.count(ArtefactStatus.PENDING) == 15


def test_an_erasure_of_the_most_contacts_fits_a_row() -> None:
    """Amazon DynamoDB developer guide, "DynamoDB item sizes and formats"; the most is 400 KB ("Service quotas")."""
    ids = [ContactId(f"{number:036}") for number in range(planning.MOST_CONTACTS)]
    contacts = tuple(Erased(contact_id=one, month="2026-12") for one in ids)
    erasure = Erasure(request=RequestId("ERA-1"), planned_at=BEGAN, contacts=contacts, swept=tuple(ids))
    row = table._meta_row(erasure)  # noqa: SLF001 - the row as it is stored

    def size(value: object) -> int:
        if isinstance(value, str | bytes):
            return len(value)
        if isinstance(value, dict):
            [(kind, said)] = value.items()
            if kind == "M":
                return 3 + sum(1 + len(key) + size(one) for key, one in said.items())
            return 3 + sum(1 + size(one) for one in said) if kind == "L" else size(said)
        return 21

    assert sum(len(key) + size(one) for key, one in row.items()) < 350_000


@pytest.mark.parametrize("steps", [100, 12], ids=["one run", "several runs"])
def test_what_is_throttled_in_a_nightly_look_is_looked_at_once_more_that_night_before_anybody_is_told(
    steps: int,
) -> None:
    council = Council(30, steps=steps)
    council.erased()
    council.said.clear()
    council.at += timedelta(days=1)
    council.there.add(("call_recording", f"{name(0)}.wav"))
    council.unreadable = {name(0): Throttled("dynamodb.Query", "ThrottlingException")}
    council.ask("replay")
    while not council.queue[0][1]:
        council.deliver()
    assert [(what, seconds) for what, seconds, _ in council.queue] == [("replay", 900)]
    assert council.said == []
    council.unreadable.clear()
    began = council.at
    council.work_off()
    assert council.at - began < timedelta(hours=1)
    assert council.there == set()
    assert council.said == ["Erased Data Reappeared 1", "reappeared 1"]
    assert not [one for one in council.counted if one.startswith("ErasureFailed")]
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert council.stands.look is None


def test_what_is_throttled_twice_in_a_night_is_told_and_waits_for_the_next() -> None:
    council = Council(6)
    council.erased()
    council.said.clear()
    council.looked.clear()
    council.there.add(("call_recording", f"{name(1)}.wav"))
    council.unreadable = {name(1): Throttled("dynamodb.Query", "ThrottlingException")}
    council.tomorrow()
    assert council.said == ["failed done_in_part"]
    assert len(council.looked[name(0)]) == 2
    council.unreadable.clear()
    council.tomorrow()
    assert council.said[1:] == ["Erasure Completed 18", "finished done"]


DENIED = AccessDenied("s3.GetObject", "AccessDenied")


def test_a_copied_record_that_cannot_be_fetched_for_good_is_its_own_contacts_failure_and_stops_no_other() -> None:
    council = Council(6)
    council.uncopied = {name(1): DENIED}
    council.erased()
    assert council.stands is not None
    assert [(one.contact_id, one.store, one.ground) for one in council.stands.of(ArtefactStatus.FAILED)] == [
        (name(1), "contact_record", "unknown_month")
    ]
    assert council.there == {("call_recording", f"{name(1)}.wav"), ("connect", name(1))}
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour", name(1)}
    assert council.said[-1] == "failed done_in_part"
    council.said.clear()
    council.tomorrow()
    assert council.said == [], "told once"
    council.uncopied.clear()
    council.tomorrow()
    assert council.stands.status is ErasureStatus.DONE
    assert council.there == set()
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_a_contact_of_an_unknown_month_is_not_called_gone_by_a_later_run_of_the_same_pass() -> None:
    council = Council(30, steps=12)
    council.uncopied = {name(0): DENIED}
    council.erased()
    assert council.stands is not None
    assert [one.contact_id for one in council.stands.of(ArtefactStatus.FAILED)] == [name(0)]
    assert council.there == {("call_recording", f"{name(0)}.wav"), ("connect", name(0))}


def test_a_month_that_was_learnt_late_is_remembered_once_the_copy_that_told_it_is_erased() -> None:
    council = Council(3)
    council.uncopied = {name(1): DENIED}
    council.erased()
    council.uncopied.clear()
    council.tomorrow()
    council.uncopied = {name(1): DENIED}
    council.lines[council.object_of(1)].append(name(1))
    council.tomorrow()
    assert council.said[-2:] == ["Erased Data Reappeared 1", "reappeared 1"]
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_connect_says_when_a_contact_began_whose_copied_record_cannot_be_fetched() -> None:
    council = Council(3)
    council.uncopied = {name(1): DENIED}
    council.began = {name(1): datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))}
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_a_plan_that_is_made_anew_asks_again_in_which_month_a_contact_began() -> None:
    council = Council(3)
    council.uncopied = {name(1): DENIED}
    council.ask("plan")
    council.work_off()
    council.uncopied.clear()
    council.ask("plan")
    council.work_off()
    assert council.stands is not None
    assert council.stands.of(ArtefactStatus.FAILED) == ()
    assert council.stands.count(ArtefactStatus.PENDING) == 9


@pytest.mark.parametrize(
    ("refused", "status"), [({name(1)}, ErasureStatus.DONE), ({f"connect/{name(1)}"}, ErasureStatus.DONE_IN_PART)]
)
def test_only_who_keeps_all_of_a_contact_of_an_unknown_month_keeps_its_records_too(
    refused: set[str], status: ErasureStatus
) -> None:
    council = Council(3)
    council.uncopied = {name(1): DENIED}
    council.ask("plan")
    council.work_off()
    assert council.stands is not None
    stays = [Refusal(artefact=one, ground="legal_claims") for one in refused]
    council.stands = replace(council.stands, artefacts=planned(council.stands.artefacts, stays))
    council.approve()
    council.work_off()
    assert council.stands.status is status
    assert ("connect", name(1)) in council.there


@pytest.mark.parametrize("copy", [b"broken", b"[]", b'{"InitiationTimestamp": "some day"}'])
def test_a_copied_record_that_cannot_be_read_says_no_month_and_connect_is_asked(copy: bytes) -> None:
    council = Council(3)
    council.copies[name(1)] = copy
    council.erased()
    assert council.stands is not None
    assert [one.ground for one in council.stands.of(ArtefactStatus.FAILED)] == ["unknown_month"]
    council.began = {name(1): datetime(2026, 11, 3, 10, tzinfo=UTC)}
    council.tomorrow()
    assert council.stands.status is ErasureStatus.DONE
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_a_copied_record_that_is_gone_says_no_month_and_connect_is_asked() -> None:
    council = Council(3)
    council.copies[name(1)] = None
    council.began = {name(1): datetime(2026, 11, 3, 10, tzinfo=UTC)}
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}


def test_a_contact_that_the_search_found_in_no_record_and_connect_forgot_is_looked_for_in_what_was_set_aside() -> None:
    council = Council(3)
    council.copies[name(1)] = None
    for lines in council.lines.values():
        lines[:] = [one for one in lines if one != name(1)]
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert [one.month for one in council.stands.contacts if one.contact_id == name(1)] == ["errors"]


def test_a_copied_record_that_is_throttled_is_asked_for_once_more_before_there_is_any_plan() -> None:
    council = Council(3)
    council.uncopied = {name(1): Throttled("s3.GetObject", "SlowDown")}
    council.ask("plan")
    with pytest.raises(Throttled):
        council.deliver()
    council.uncopied.clear()
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE


def test_an_artefact_whose_row_cannot_be_read_is_seen_to_like_any_that_failed() -> None:
    council = Council(3)
    council.ask("plan")
    council.work_off()
    council.approve()
    assert council.stands is not None
    broken = next(one for one in council.stands.artefacts if one.store == "call_recording")
    unreadable = replace(broken, status=ArtefactStatus.FAILED, ground="unreadable_row")
    council.stands = council.stands.with_artefacts([unreadable])
    council.rows[-1] = replace(council.rows[-1], items=(council.stands.plan_sha256,))
    council.work_off()
    assert council.stands.status is ErasureStatus.DONE
    assert council.there == set()


def test_a_row_that_names_no_artefact_stops_nothing_and_is_told_once_until_it_is_mended() -> None:
    council = Council(3)
    council.ask("plan")
    council.work_off()
    assert council.stands is not None
    nameless = Artefact(
        store="", key="ARTEFACT#1", contact_id=ContactId(""), status=ArtefactStatus.FAILED, ground="unreadable_row"
    )
    council.stands = council.stands.with_artefacts([nameless])
    council.approve()
    council.work_off()
    assert council.there == set()
    assert council.said[-1] == "failed done_in_part"
    council.said.clear()
    council.tomorrow()
    assert council.said == []
    council.stands = replace(
        council.stands, artefacts=tuple(one for one in council.stands.artefacts if one != nameless)
    )
    council.tomorrow()
    assert council.said[-1] == "finished done"
