"""What the register knows of a contact comes to: locks, ends, reminders, and when it is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.inspecting.settled import MONTH, Settled
from steward.holds.register import (
    Announcement,
    ContactHolds,
    Ground,
    HeldArtefact,
    Hold,
    HoldStatus,
    MissingArtefact,
    Protection,
    ReleaseNote,
    next_action,
    next_besides_looks,
    next_inspection,
    next_reminder,
)
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.holds import HoldReason, Stage

PLACED = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
END = datetime(2028, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)
CALL = ContactId("call-1")

HOLD = Hold(
    case=CaseRef("C-1"),
    contact_id=CALL,
    reason=HoldReason.COMPLAINT,
    stage=Stage.ONE,
    received_on=date(2027, 5, 3),
    received_on_assumed=False,
    hold_until=END,
    open_ended=False,
    requested_by="complaints",
    signal="case_event",
    placed_at=PLACED,
    policy_version="1",
    status=HoldStatus.HELD,
    last_notified_outcome="held",
)
OVER = replace(HOLD, release=ReleaseNote(by="", approved_by="", why="the end came", at=END))
COPY = HeldArtefact(
    contact_id=CALL,
    record_class=RecordClass.CALL_RECORDING,
    source_bucket="b",
    source_key="k",
    source_version="v",
    hold_key="call-1/k",
    hold_version="h",
    sha256=Sha256("0" * 64),
    bytes=1,
    held_at=PLACED,
    retain_until=END,
    legal_hold=False,
    source_freed=True,
)
FILE = ContactHolds(contact_id=CALL, version=3, holds=(HOLD,), artefacts=(COPY,))


def test_the_stronger_of_two_locks_has_the_later_date_and_the_undated_hold_of_either() -> None:
    dated, later = Protection(retain_until=END, legal_hold=False), Protection(retain_until=END + DAY, legal_hold=False)
    undated = Protection(legal_hold=True)

    assert dated.strengthened_to(later) == later.strengthened_to(dated) == later
    assert dated.strengthened_to(undated) == undated.strengthened_to(dated) == replace(dated, legal_hold=True)
    assert undated.strengthened_to(undated) == undated


def test_a_hold_counts_until_it_is_released_ended_or_disposed_of() -> None:
    assert HOLD.active
    assert not OVER.active
    assert not replace(HOLD, status=HoldStatus.RELEASED).active
    assert not replace(HOLD, status=HoldStatus.DISPOSED).active
    assert FILE.active == (HOLD,)
    assert replace(FILE, holds=(OVER, HOLD)).active == (HOLD,)


def test_the_end_itself_belongs_to_the_time_after_the_hold() -> None:
    assert not HOLD.has_ended(END - timedelta(seconds=1))
    assert HOLD.has_ended(END)
    assert not replace(HOLD, open_ended=True).has_ended(END)
    assert HOLD.protection(END) is None
    assert HOLD.protection(END - DAY) == Protection(retain_until=END, legal_hold=False)
    assert OVER.protection(PLACED) is None


def test_an_open_ended_hold_asks_for_the_undated_lock_and_for_a_date_only_while_it_is_to_come() -> None:
    open_ended = replace(HOLD, open_ended=True)

    assert open_ended.protection(END - DAY) == Protection(retain_until=END, legal_hold=True)
    assert open_ended.protection(END) == Protection(retain_until=None, legal_hold=True)


def test_the_lock_of_a_contact_is_the_strongest_of_its_holds_in_force() -> None:
    later = replace(HOLD, case=CaseRef("C-2"), hold_until=END + DAY)

    assert replace(FILE, holds=(HOLD, later)).protection(PLACED) == Protection(retain_until=END + DAY, legal_hold=False)
    assert replace(FILE, holds=(HOLD, later)).protection(END) == Protection(retain_until=END + DAY, legal_hold=False)
    assert FILE.protection(END) is None
    assert replace(FILE, holds=()).protection(PLACED) is None


def test_a_flag_in_the_days_of_grace_brings_the_hold_back_and_keeps_what_had_become_of_it() -> None:
    leaving = replace(HOLD, leaving=OVER.release, leaves_at=datetime(2027, 7, 1, 23, 30, tzinfo=UTC))
    at = datetime(2027, 6, 30, tzinfo=UTC)

    back = leaving.brought_back(at)

    assert (back.leaving, back.leaves_at, back.kept_at) == (None, None, at)
    assert back.again_after == "to be released on 2027-07-02", "the London date"
    assert back.asked_for_at == at
    assert HOLD.asked_for_at == PLACED
    assert replace(HOLD, kept_at=PLACED - DAY).asked_for_at == PLACED


@pytest.mark.parametrize(
    ("earlier", "later", "why"),
    [
        (None, (Ground.ABSENT, "not found"), "not found"),
        ((Ground.ABSENT, "not found"), (Ground.ABSENT, "still not found"), "not found"),
        ((Ground.ABSENT, "not found"), (Ground.KNOWN, "deleted by a user"), "not found; deleted by a user"),
        ((Ground.KNOWN, "not found; deleted"), (Ground.KNOWN, "deleted"), "not found; deleted"),
        ((Ground.KNOWN, "deleted"), (Ground.ABSENT, "not found"), "deleted"),
        ((Ground.PASSING, "a time-out"), (Ground.ABSENT, "not found"), "not found"),
        ((Ground.ABSENT, "not found"), (Ground.PASSING, "a time-out"), "a time-out"),
    ],
)
def test_a_later_look_never_makes_of_not_found_a_removal_that_nobody_saw(
    earlier: tuple[Ground, str] | None, later: tuple[Ground, str], why: str
) -> None:
    def missing(said: tuple[Ground, str]) -> MissingArtefact:
        return MissingArtefact(
            record_class=RecordClass.CALL_RECORDING, source_key="k", source_bucket="b", ground=said[0], why=said[1]
        )

    stands = missing(later).after(missing(earlier) if earlier else None)

    assert stands.why == why
    assert stands.place == (RecordClass.CALL_RECORDING, "b", "k")


def test_what_was_absent_stays_absent_and_a_known_act_becomes_known() -> None:
    absent = MissingArtefact(record_class=RecordClass.CALL_RECORDING, source_key="", why="gone", ground=Ground.ABSENT)
    known = replace(absent, why="deleted", ground=Ground.KNOWN)

    assert absent.after(known).ground is Ground.KNOWN
    assert known.after(absent).ground is Ground.KNOWN
    assert replace(absent, why="still gone").after(absent).ground is Ground.ABSENT


def test_a_file_keeps_one_hold_for_a_case_and_one_row_for_a_copy() -> None:
    other = replace(HOLD, case=CaseRef("C-2"))
    changed = replace(HOLD, stage=Stage.TWO)
    moved, second = replace(COPY, hold_version="h2"), replace(COPY, hold_key="call-1/k2")

    assert replace(FILE, holds=(HOLD, other)).with_hold(changed).holds == (other, changed)
    assert replace(FILE, artefacts=(COPY, second)).with_artefact(moved).artefacts == (second, moved)
    assert FILE.hold_of(CaseRef("c-1")) == HOLD, "in any casing"
    assert FILE.hold_of(CaseRef("C-2")) is None


def test_only_copies_that_are_neither_disposed_of_nor_being_removed_are_present() -> None:
    gone, removed = replace(COPY, disposed_at=END), replace(COPY, removed_why="card data")

    assert replace(FILE, artefacts=(gone, COPY, removed)).present == (COPY,)
    assert COPY.lock == Protection(retain_until=END, legal_hold=False)


@pytest.mark.parametrize(
    "change",
    [
        {"holds": (replace(HOLD, status=HoldStatus.PARTIAL),)},
        {"holds": (replace(HOLD, last_notified_outcome=""),)},
        {"holds": (replace(HOLD, hold_until=END + DAY),)},
        {"holds": (replace(HOLD, open_ended=True),)},
        {"holds": (OVER,)},
        {"artefacts": (replace(COPY, source_freed=False),)},
        {"artefacts": (replace(COPY, retain_until=END - DAY),)},
    ],
)
def test_an_inspection_is_carried_through_when_all_is_held_locked_freed_and_told(change: dict[str, object]) -> None:
    assert FILE.is_settled(PLACED)
    assert replace(FILE, artefacts=(replace(COPY, retain_until=END + DAY, legal_hold=True),)).is_settled(PLACED)
    assert not replace(FILE, **change).is_settled(PLACED)  # type: ignore[arg-type]


def test_what_is_not_settled_is_looked_at_daily_for_two_weeks_and_then_every_four_weeks() -> None:
    def after(inspected_at: datetime | None) -> datetime | None:
        return next_inspection(HOLD, replace(FILE, inspected_at=inspected_at))

    first, last = HOLD.placed_at, HOLD.placed_at + timedelta(days=14)

    assert after(None) is None
    assert after(first) == first + timedelta(hours=20)
    assert after(last - timedelta(seconds=1)) == last - timedelta(seconds=1) + timedelta(hours=20)
    assert after(last) == last + timedelta(days=28)


GONE = PLACED + 100 * DAY
PLACE = ("b", "Analysis/Voice/2027/05/04/call-1")


@pytest.mark.parametrize(("places", "apart"), [(1, 15), (2, 15), (4, 10), (6, 7), (8, 6), (12, 4)])
def test_looks_at_what_is_settled_ask_each_question_once_within_a_month(places: int, apart: int) -> None:
    left = Settled(places=(PLACE,) * places, until=GONE)
    looks, asked = [PLACED], -(-(places + 2) // 2)
    for _ in range(asked):
        looks.append(left.next_look(looks[-1]))

    assert looks[1] == PLACED + apart * DAY - timedelta(hours=4)
    assert looks[-1] - looks[0] <= MONTH


def test_a_look_comes_on_the_day_before_the_last_original_goes_and_then_once_a_month() -> None:
    left = Settled(places=(PLACE, PLACE), until=GONE)

    assert left.next_look(GONE - 10 * DAY) == GONE - DAY
    assert left.next_look(GONE - DAY) == GONE + 14 * DAY - timedelta(hours=4), "the other questions are asked in time"
    assert left.next_look(GONE + DAY) == GONE + 31 * DAY - timedelta(hours=4)
    assert replace(left, places=()).next_look(PLACED) == PLACED + 30 * DAY - timedelta(hours=4)


def test_a_look_that_has_to_be_whole_comes_before_all_others() -> None:
    left = Settled(places=(PLACE,), until=GONE, whole_at=PLACED + DAY)

    assert left.next_look(PLACED) == PLACED + DAY
    assert left.next_look(PLACED + DAY) > PLACED + 14 * DAY


def test_nobody_need_read_a_file_of_which_nothing_but_a_look_is_due() -> None:
    left, later = Settled(places=(), until=PLACED, others_at=PLACED + 40 * DAY), PLACED + 35 * DAY

    assert left.is_all_that_is_due(PLACED, later)
    assert not left.is_all_that_is_due(PLACED, PLACED + 20 * DAY)
    assert not left.is_all_that_is_due(PLACED, PLACED + 40 * DAY)
    assert left.next_action(PLACED + 15 * DAY) == PLACED + 40 * DAY


def test_what_else_is_due_for_a_contact_is_its_first_unsent_reminder_its_end_or_its_leaving() -> None:
    assert next_besides_looks(FILE) == END - 60 * DAY
    assert next_besides_looks(replace(FILE, holds=(told(60),))) == END - 30 * DAY
    assert next_besides_looks(replace(FILE, holds=(told(60, 30, 7),))) == END
    assert next_besides_looks(replace(FILE, holds=(replace(HOLD, open_ended=True),))) is None
    assert next_besides_looks(replace(FILE, holds=(replace(HOLD, leaves_at=PLACED + DAY),))) == PLACED + DAY


def told(*days: int, end: datetime = END, since: datetime = END - 60 * DAY) -> Hold:
    return replace(HOLD, announced=Announcement(end=end, since=since, days=days))


@pytest.mark.parametrize(
    ("hold", "before", "due"),
    [
        (HOLD, 61, None),
        (HOLD, 60, 60),
        (HOLD, 31, 60),
        (HOLD, 30, 30),
        (HOLD, 8, 30),
        (HOLD, 7, 7),
        (HOLD, 1, 7),
        (HOLD, 0, 0),
        (told(60), 60, None),
        (told(60), 31, None),
        (told(60), 30, 30),
        (told(60, 30, 7), 1, None),
        (told(60), 0, None),
        (told(60, end=END - DAY), 60, 60),
        (told(60, end=END - DAY), 0, 0),
        (replace(HOLD, open_ended=True), 7, None),
        (replace(HOLD, status=HoldStatus.PARTIAL), 7, 7),
        (replace(HOLD, status=HoldStatus.NOTHING_HELD), 7, None),
        (replace(HOLD, status=HoldStatus.NOTHING_HELD), 0, None),
    ],
)
def test_the_most_urgent_reminder_of_the_end_that_stands_is_due_once(hold: Hold, before: int, due: int | None) -> None:
    assert next_reminder(hold, END - before * DAY) == due


def test_a_reminder_that_was_sent_is_noted_with_the_moment_of_the_first() -> None:
    once = HOLD.told_of_its_end(60, END - 60 * DAY)
    twice = once.told_of_its_end(30, END - 30 * DAY)

    assert once.announcement == Announcement(end=END, since=END - 60 * DAY, days=(60,))
    assert twice.announcement == Announcement(end=END, since=END - 60 * DAY, days=(60, 30))
    extended = replace(twice, hold_until=END + DAY)
    assert extended.announcement is None
    assert extended.told_of_its_end(7, END).announcement == Announcement(end=END + DAY, since=END, days=(7,))


def test_copies_may_go_at_the_end_and_not_before_the_team_has_known_of_it_for_a_week() -> None:
    assert HOLD.disposable_from is None
    assert told(60).disposable_from == END
    assert told(0, since=END + timedelta(hours=9)).disposable_from == END + 7 * DAY, "a midnight in London"
    assert replace(told(60), open_ended=True).disposable_from is None
    assert replace(HOLD, status=HoldStatus.NOTHING_HELD).disposable_from == END
    assert replace(told(0, since=END), status=HoldStatus.PARTIAL).disposable_from == END + 7 * DAY


NOW = PLACED + timedelta(days=20)


@pytest.mark.parametrize(
    ("file", "now", "at"),
    [
        (FILE, NOW, NOW),
        (replace(FILE, inspected_at=NOW), NOW, NOW + timedelta(days=28)),
        (replace(FILE, inspected_at=END - 70 * DAY), END - 69 * DAY, END - 60 * DAY),
        (replace(FILE, inspected_at=END - 60 * DAY), END - 60 * DAY, END - 60 * DAY),
        (replace(FILE, holds=(told(60),), inspected_at=END - 40 * DAY), END - 40 * DAY, END - 30 * DAY),
        (replace(FILE, holds=(told(60, 30, 7),), inspected_at=END - 5 * DAY), END - 5 * DAY, END),
        (replace(FILE, holds=(HOLD,), inspected_at=END), END, END),
        (
            replace(FILE, holds=(told(0, since=END),), inspected_at=END),
            END,
            END + 7 * DAY,
        ),
        (replace(FILE, holds=(replace(HOLD, leaves_at=NOW + DAY),), inspected_at=NOW), NOW, NOW + DAY),
        (replace(FILE, holds=(replace(HOLD, open_ended=True),), inspected_at=END), END, END + timedelta(days=28)),
        (replace(FILE, holds=(OVER,)), END, END),
        (replace(FILE, holds=(OVER,), artefacts=()), END, None),
        (replace(FILE, holds=(), artefacts=(replace(COPY, disposed_at=END),)), END, None),
    ],
)
def test_the_nightly_run_looks_at_a_contact_when_the_first_thing_is_due_for_it(
    file: ContactHolds, now: datetime, at: datetime | None
) -> None:
    assert next_action(file, now) == at
