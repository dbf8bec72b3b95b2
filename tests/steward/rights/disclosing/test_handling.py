"""What becomes of a disclosure where something goes wrong in between: nobody goes untold, and nothing more goes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from steward.archive import Entry
from steward.failures import NotFound
from steward.holds.requests import BadRequest
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.disclosure import LEAST, Recipient, RecipientKind
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.disclosing import commands
from steward.rights.disclosing.handling import Handling, named
from steward.rights.disclosing.intake import Intake
from steward.rights.disclosing.ports import NotYet, OnRecord
from steward.rights.disclosing.preparing import prepared
from steward.rights.disclosing.register import Chosen, Disclosure, DisclosureId, Grant, Listed, Telling

AT = datetime(2027, 1, 5, 9, tzinfo=UTC)
DANGER = {
    "disclosure": "D-1",
    "kind": "emergency",
    "contact_ids": ["c-1"],
    "requested_by": "dora",
    "person_at_risk": "the caller",
    "decided_by": "duty.manager",
    "decided_at": "2027-01-05",
}


class Died(Exception):
    """The function was killed."""


def listed(name: str, record_class: RecordClass = RecordClass.CALL_RECORDING) -> Listed:
    return Listed(contact_id=ContactId("c-1"), record_class=record_class, source_key=name, bucket="kept", key=name)


RECORDING, PHOTO = listed("one/call.wav"), listed("one/photo.jpg", RecordClass.ATTACHMENT)
OPEN = Disclosure(
    id=DisclosureId("D-1"), kind="police", contact_ids=(ContactId("c-1"),), asked_at=AT, listed=(RECORDING, PHOTO)
)


@dataclass
class Council:
    """The register, the stores and the mails of a council."""

    known: Disclosure | None = None
    events: set[str] = field(default_factory=set)
    there: tuple[Listed, ...] = (RECORDING,)
    told: list[str] = field(default_factory=list)
    archives: dict[str, list[Entry]] = field(default_factory=dict)
    saves_left: int = 99
    read: int = 0
    read_ahead: int = 0
    """How many files were in memory at most that were not written yet."""

    def now(self) -> datetime:
        return AT

    def sleep(self, seconds: float) -> None:
        del seconds

    def find(self, disclosure: DisclosureId) -> OnRecord | None:
        del disclosure
        return OnRecord(disclosure=self.known, events=frozenset(self.events)) if self.known else None

    def save(self, before: Disclosure | None, after: Disclosure, event_id: str = "") -> Disclosure:
        del before
        if not self.saves_left:
            raise Died
        self.saves_left -= 1
        self.known = after
        self.events |= {event_id} - {""}
        return after

    def unfinished(self) -> Iterator[DisclosureId]:
        yield from ()

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        del contact_id
        return ()

    def files(self, contact_id: ContactId, first_day: date | None, last_day: date | None) -> tuple[Listed, ...]:
        del contact_id, first_day, last_day
        return self.there

    def content(self, file: Listed) -> bytes:
        if file not in self.there:
            raise NotFound("s3.GetObject", "NoSuchKey")
        self.read += 1
        return file.key.encode()

    def holds_for_complaint(self, contact_id: ContactId, case: CaseRef) -> bool:
        del contact_id, case
        return False

    def digest(self, key: str) -> Sha256 | None:
        del key
        return None

    def keep_package(self, key: str, entries: Iterable[Entry]) -> None:
        kept = self.archives[key] = []
        for one in entries:
            self.read_ahead = max(self.read_ahead, self.read - len(kept))
            kept.append(one)

    def unreadable(self, refusal: BadRequest) -> None:
        self.told.append(f"unreadable {refusal.field}")

    def refused(self, disclosure: Disclosure, problems: Mapping[str, str]) -> None:
        del disclosure, problems
        self.told.append("refused")

    def proposed(self, disclosure: Disclosure) -> None:
        self.told.append(f"proposed {disclosure.id}")

    def ready(self, disclosure: Disclosure) -> None:
        self.told.append(f"ready {len(disclosure.prepared.files) if disclosure.prepared else 0}")

    def emergency(self, disclosure: Disclosure) -> None:
        self.told.append(f"emergency {disclosure.id}")

    def papers_overdue(self, disclosure: Disclosure) -> None:
        self.told.append(f"papers {disclosure.id}")

    def review_silence(self, disclosure: Disclosure) -> None:
        self.told.append(f"review {disclosure.id}")

    def undecided(self, disclosure: Disclosure) -> None:
        self.told.append(f"undecided {disclosure.id}")

    @property
    def handling(self) -> Handling:
        return Handling(
            clock=self,
            policy=DisclosurePolicy(
                to=(), condition="", recipients={one: Recipient(needs=LEAST[one]) for one in RecipientKind}
            ),
            holidays=ENGLAND_AND_WALES,
            disclosures=self,
            originals=self,
            shelf=self,
            notices=self,
            count=lambda _name, _number: None,
        )

    def hear(self, **changed: Any) -> None:  # noqa: ANN401 - fields of an event
        self.handling.take("e-1", commands.command("Disclosure Requested", {**DANGER, **changed}, AT))


@pytest.mark.parametrize("saves", range(3))
def test_wherever_an_emergency_dies_it_is_told_of_and_so_is_its_copy(saves: int) -> None:
    council = Council(saves_left=saves)
    with pytest.raises(Died):
        council.hear()
    assert "emergency D-1" in council.told
    council.saves_left = 99
    council.hear()
    assert "ready 1" in council.told
    assert council.known
    assert council.known.prepared


def test_a_copy_is_told_of_before_the_register_says_that_it_is_there() -> None:
    council = Council(saves_left=3)
    with pytest.raises(Died):
        council.hear()
    assert "ready 1" in council.told


def test_a_refusal_is_told_of_although_the_function_dies_right_after() -> None:
    council = Council(saves_left=0)
    with pytest.raises(Died):
        council.hear(person_at_risk="")
    assert council.told == ["refused"]


def test_an_emergency_waits_for_the_recording_where_only_something_else_is_there_yet() -> None:
    council = Council(there=(PHOTO,))
    with pytest.raises(NotYet):
        council.hear()
    assert council.known
    assert council.known.grant is None
    council.there = (PHOTO, RECORDING)
    council.hear()
    assert council.known.grant
    assert [one.file for one in council.known.grant.files] == [RECORDING.source_key]


def test_a_file_that_is_named_twice_is_refused_because_its_cuts_would_be_lost() -> None:
    with pytest.raises(BadRequest) as refused:
        named(OPEN, (Chosen(file="call.wav"), Chosen(file="one/call.wav")))
    assert refused.value.field == "files"


def granted(*files: Listed) -> Grant:
    return Grant(
        files=tuple(Chosen(file=one.source_key) for one in files),
        expires_on=AT.date() + timedelta(days=7),
        telling=Telling(tell=True),
        by="zoe",
        at=AT,
    )


def test_the_archive_of_an_older_decision_never_takes_the_place_of_the_newer_ones() -> None:
    council = Council(there=(RECORDING, PHOTO))
    grants = [granted(RECORDING), granted(PHOTO)]
    keys = {prepared(replace(OPEN, grant=grant), grant, council, council, AT).key for grant in grants}
    assert keys == council.archives.keys()
    assert len(keys) == 2


def test_files_are_written_one_after_the_other_so_that_no_two_are_in_memory() -> None:
    many = tuple(listed(f"one/{number}.wav") for number in range(200))
    council = Council(there=many)
    ready = prepared(replace(OPEN, listed=many), granted(*many), council, council, AT)
    assert (len(ready.files), council.read_ahead) == (200, 1)
    assert len(council.archives[ready.key]) == 201


def test_what_was_held_since_it_was_listed_is_taken_from_its_copy_and_what_came_since_is_told() -> None:
    copy = replace(RECORDING, bucket="held", key="c-1/call.wav", version="1")
    council = Council(there=(copy, listed("one/late.wav")))
    ready = prepared(OPEN, granted(RECORDING, PHOTO), council, council, AT)
    assert council.archives[ready.key][0].content == b"c-1/call.wav"
    assert [one.source_key for one in ready.files] == [RECORDING.source_key]
    assert ready.left_out == (f"{PHOTO.source_key}: is no longer kept",)
    assert ready.came_since == 1


@pytest.mark.parametrize(
    ("final", "last", "told"), [(True, False, 1), (True, True, 1), (False, False, 0), (False, True, 1)]
)
def test_a_refusal_is_told_when_it_is_set_aside_also_if_it_could_have_come_too_early_before(
    final: bool,  # noqa: FBT001 - a case
    last: bool,  # noqa: FBT001 - a case
    told: int,
) -> None:
    council = Council(known=OPEN if final else None)
    wrong = {"disclosure": "D-1", "decision": "approve", "by": "zoe", "proposal": "1"}
    event = {"id": "e-9", "detail-type": "Disclosure Handed Over" if final else "Disclosure Decided", "detail": wrong}
    with pytest.raises(BadRequest):
        Intake(clock=council, handling=council.handling, notices=council).take(json.dumps(event), last=last)
    assert len(council.told) == told
