"""Who may agree to an erasure, and until when it can be stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from steward.decisions.book import Row
from steward.decisions.calls import Call
from steward.decisions.deciding import Answer
from steward.decisions.people import Person
from steward.decisions.subjects import Subject
from steward.failures import UnreadableRow
from steward.ids import ContactId
from steward.rights.erasure.adapters.kept import OpenRequests, WhatIsKept
from steward.rights.erasure.artefacts import NOT_THEIRS, Erasure, ErasureStatus
from steward.rights.erasure.judging import ErasureJudging
from steward.rights.erasure.ports import Hindrance
from steward.rights.ports import OnRecord
from steward.rights.requests import Identity, Match, RequestId, Right, SubjectRequest, Verdict

AT = datetime(2027, 1, 5, 9, tzinfo=UTC)
ERA = RequestId("ERA-1")
ONE = ContactId("one")
PLAN = Erasure(request=ERA, planned_at=AT, contacts=(), status=ErasureStatus.DECIDED)


@dataclass
class Office:
    """The request, its plan, the book, and what was set in motion."""

    plan: Erasure = PLAN
    rows: list[Row] = field(default_factory=list)
    ordered: list[RequestId] = field(default_factory=list)

    def now(self) -> datetime:
        return AT

    def of(self, subject: Subject, identifier: str) -> tuple[Row, ...]:
        del identifier
        return tuple(one for one in self.rows if one.subject == subject)

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def state(self, kind: str, detail: dict[str, object]) -> None:
        del kind, detail

    def erase(self, request: RequestId, seconds: int = 0) -> None:
        del seconds
        self.ordered.append(request)

    def say(self, who: str, decision: str, subject: str = "erasure") -> Answer:
        role, _, name = who.partition("/")
        call = Call(
            call_id=str(len(self.rows)), by=Person(role=role, name=name), subject=subject, id=ERA, decision=decision
        )
        judging = ErasureJudging(
            clock=self,  # type: ignore[arg-type]
            book=self,  # type: ignore[arg-type]
            requests=Found(),  # type: ignore[arg-type]
            plans=Planned(self),
            events=self,  # type: ignore[arg-type]
            orders=self,
        )
        return judging.take(call, {"artefacts": "all"} if subject == "erasure_scope" else {})


@dataclass
class Planned:
    office: Office

    def find(self, request: RequestId) -> Erasure:
        del request
        return self.office.plan


class Found:
    def find(self, request: RequestId) -> OnRecord:
        asked = SubjectRequest(
            id=request,
            right=Right.ERASURE,
            received_on=date(2027, 1, 4),
            opened_at=AT,
            identity=Identity(needed=False),
        )
        return OnRecord(request=asked, events=frozenset())


@pytest.mark.parametrize("subject", ["erasure", "erasure_scope"])
def test_whoever_asked_under_either_subject_does_not_approve(subject: str) -> None:
    office = Office()
    assert office.say("information-officer/rob", "request", subject).reason == ""
    assert office.say("rights-approver/Rob", "approve").reason == "same_person"
    assert office.ordered == []
    assert office.say("rights-approver/una", "approve").reason == ""
    assert office.ordered == [ERA]


@pytest.mark.parametrize("status", [ErasureStatus.APPROVED, ErasureStatus.ERASING, ErasureStatus.VERIFYING])
def test_what_was_approved_is_rejected_until_it_is_done_and_not_approved_twice(status: ErasureStatus) -> None:
    office = Office()
    office.plan = replace(office.plan, status=status)
    assert office.say("rights-approver/una", "approve").reason == "id: it was approved already"
    assert office.say("rights-approver/una", "reject").reason == ""
    office.plan = replace(office.plan, status=ErasureStatus.DONE)
    assert office.say("rights-approver/una", "reject").reason == "id: it was approved already"


@dataclass
class Matched:
    verdict: Verdict | None

    def match(self, request: RequestId, contact_id: ContactId) -> Match | None:
        del request
        return Match(contact_id=contact_id, verdict=self.verdict) if self.verdict else None

    def unfinished(self) -> tuple[RequestId, ...]:
        return ()

    def file(self, contact_id: ContactId) -> Matched:
        del contact_id
        return self

    active = ()
    present = ()


@pytest.mark.parametrize(
    ("verdict", "hindrance"),
    [
        (Verdict.CONFIRMED, None),
        (Verdict.REJECTED, Hindrance(ground=NOT_THEIRS)),
        (Verdict.UNDECIDED, Hindrance(ground=NOT_THEIRS)),
        (None, None),
    ],
)
def test_a_contact_that_is_no_longer_the_persons_waits(verdict: Verdict | None, hindrance: Hindrance | None) -> None:
    matched, office = Matched(verdict), Office()
    kept = WhatIsKept(
        clock=office,  # type: ignore[arg-type]
        stores=None,  # type: ignore[arg-type]
        contacts=None,  # type: ignore[arg-type]
        sources=None,  # type: ignore[arg-type]
        register=matched,  # type: ignore[arg-type]
        redaction=None,  # type: ignore[arg-type]
        matches=matched,
        others=OpenRequests(matched, office),  # type: ignore[arg-type]
        disclosures=None,  # type: ignore[arg-type]
        rights=None,  # type: ignore[arg-type]
    )
    assert kept.hindrance(ONE, ERA) == hindrance


class Spoilt(Matched):
    """Two open requests, the first of which cannot be read."""

    def unfinished(self) -> tuple[RequestId, ...]:
        return (RequestId("SPOILT"), ERA)

    def find(self, request: RequestId) -> OnRecord | None:
        if request == "SPOILT":
            raise UnreadableRow("a row of kind SubjectRequest cannot be read")
        return Found().find(request)


def test_one_request_that_cannot_be_read_stops_no_erasure_of_another() -> None:
    others = OpenRequests(Spoilt(None), Office())  # type: ignore[arg-type]
    assert [one.id for one in others] == [ERA]
