"""What S3 says of held copies: one that was covered goes on top again, one that is gone is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from steward.holds.inspecting.copies import as_s3_says
from steward.holds.nightly.disposing import disposed, ended
from steward.holds.register import ContactHolds, HoldStatus, Protection, ReleaseNote
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint
from tests.support.hold_stores import FakeEvidence, Version

END = datetime(2028, 11, 3, tzinfo=UTC)
LOCK = Protection(retain_until=END, legal_hold=False)
KEY = "call-1/call_recording/2027/01/12/call-1.wav"


@pytest.fixture
def file(world: HoldFixture) -> ContactHolds:
    call = world.contact("call-1", datetime(2027, 1, 12, 10, tzinfo=UTC), keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    return world.files[call]


def test_copies_that_are_on_top_stay_as_they_are(world: HoldFixture, file: ContactHolds) -> None:
    seen = as_s3_says(FakeEvidence(world), file, LOCK, world.moment)

    assert (seen.lost, seen.covered) == ((), ())
    assert set(seen.file.artefacts) == set(file.artefacts)


def test_a_copy_under_other_bytes_goes_on_top_again(world: HoldFixture, file: ContactHolds) -> None:
    original = world.held[KEY][0].body
    world.held[KEY].append(Version("strange", b"other", world.moment))

    seen = as_s3_says(FakeEvidence(world), file, LOCK, world.moment)

    assert (seen.lost, seen.covered) == ((), (KEY,))
    top = world.held[KEY][-1]
    assert (top.body, top.retain_until) == (original, END)
    assert top.version_id in {one.hold_version for one in seen.file.present}


def test_a_copy_that_goes_on_top_again_keeps_the_legal_hold_that_somebody_set_by_hand(
    world: HoldFixture, file: ContactHolds
) -> None:
    world.held[KEY][0].legal_hold = True
    world.held[KEY].append(Version("strange", b"other", world.moment))

    seen = as_s3_says(FakeEvidence(world), file, LOCK, world.moment)

    assert world.held[KEY][-1].legal_hold
    assert not any(one.legal_hold for one in seen.file.present)


def test_the_same_bytes_on_top_hide_nothing(world: HoldFixture, file: ContactHolds) -> None:
    world.held[KEY].append(Version("again", world.held[KEY][0].body, world.moment))

    assert as_s3_says(FakeEvidence(world), file, LOCK, world.moment).covered == ()


def test_a_copy_that_is_gone_is_lost_though_something_else_has_its_key(world: HoldFixture, file: ContactHolds) -> None:
    world.held[KEY] = [Version("strange", b"other", world.moment)]

    seen = as_s3_says(FakeEvidence(world), file, LOCK, world.moment)

    assert [one.hold_key for one in seen.lost] == [KEY]
    assert KEY not in {one.hold_key for one in seen.file.artefacts}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HoldStatus.HELD, HoldStatus.DISPOSED),
        (HoldStatus.PARTIAL, HoldStatus.DISPOSED),
        (HoldStatus.NOTHING_HELD, HoldStatus.NOTHING_HELD),
    ],
)
def test_a_contact_whose_copies_are_gone_says_when_of_each_and_needs_nothing_more(
    file: ContactHolds, before: HoldStatus, after: HoldStatus
) -> None:
    known = replace(file, holds=(replace(file.holds[0], status=before),), next_action_at=END)

    gone = disposed(known, END)

    assert (gone.holds[0].status, gone.next_action_at, gone.present) == (after, None, ())
    assert {one.disposed_at for one in gone.artefacts} == {END}


def test_a_hold_whose_end_came_says_so_and_when(file: ContactHolds) -> None:
    over = ended(file.holds[0], END, HoldStatus.RELEASED)

    assert over.status is HoldStatus.RELEASED
    assert over.release == ReleaseNote(by="", approved_by="", why="the hold reached its end", at=END)
