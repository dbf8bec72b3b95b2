"""Nothing is put together for, or handed to, somebody who has not shown who they are.

Source: UK GDPR, Article 12(6): further information may be asked for to confirm who somebody is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from steward.archive import Entry
from steward.decisions.people import Person, StaffRole
from steward.ids import CaseRef, ContactId, Sha256
from steward.policy.load import load_policy
from steward.rights.correcting import Statement
from steward.rights.disclosing.register import Disclosure
from steward.rights.finding.registers import Entries
from steward.rights.handing_over import HandingOver
from steward.rights.package.assembling import Assembling
from steward.rights.package.contents import HeldFile
from steward.rights.ports import OnRecord
from steward.rights.requests import Identity, Match, Package, RequestId, Right, Search, Status, SubjectRequest

NOW = datetime(2027, 3, 9, 10, tzinfo=UTC)
SAR = RequestId("SAR-1")
OFFICER = Person(StaffRole.INFORMATION_OFFICER, "ann")
UNPROVEN = [Identity(needed=True), Identity(needed=False, asked_on=date(2027, 3, 4))]
PROVEN = Identity(needed=True, asked_on=date(2027, 3, 4), confirmed_on=date(2027, 3, 8))


def request(identity: Identity) -> SubjectRequest:
    search = Search(look=1, begun_at=NOW, partitions=(), ended_at=NOW)
    return SubjectRequest(
        id=SAR, right=Right.ACCESS, received_on=date(2027, 3, 1), opened_at=NOW, identity=identity, search=search
    )


@dataclass
class Around:
    """A register of one request, an empty shelf, nothing held, and whoever listens."""

    request: SubjectRequest
    announced: list[str] = field(default_factory=list)
    links: int = 0

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def find(self, request: RequestId) -> OnRecord:
        assert request == SAR
        return OnRecord(request=self.request, events=frozenset())

    def save(self, before: SubjectRequest | None, after: SubjectRequest, event_id: str = "") -> SubjectRequest:
        del before, event_id
        self.request = after
        return after

    def add_match(self, request: RequestId, match: Match) -> bool:
        raise NotImplementedError

    def unfinished(self) -> Iterator[RequestId]:
        raise NotImplementedError

    def files(self, contact_id: ContactId, case: CaseRef) -> tuple[HeldFile, ...] | None:
        raise NotImplementedError

    def content(self, file: HeldFile) -> bytes:
        raise NotImplementedError

    def intake(self, key: str) -> bytes | None:
        del key
        return None

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        raise NotImplementedError

    def entries(self, request: RequestId, contact_id: ContactId) -> Entries:
        raise NotImplementedError

    def statements(self, contact_id: ContactId) -> tuple[Statement, ...]:
        raise NotImplementedError

    def keep_package(self, key: str, entries: Sequence[Entry]) -> None:
        del key, entries

    def announce(self, detail_type: str, request: RequestId, facts: Mapping[str, str | int]) -> None:
        del request, facts
        self.announced.append(detail_type)

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        del contact_id
        return ()

    def link(self, key: str, seconds: int) -> str:
        del key, seconds
        self.links += 1
        return "https://link.example"


def assembled(around: Around) -> Around:
    Assembling(
        clock=around,
        policy=load_policy(Path("policies/barnet.toml")),
        requests=around,
        holdings=around,
        shelf=around,
        disclosed=around,
        outside=around,
    ).assemble(SAR)
    return around


@pytest.mark.parametrize("identity", UNPROVEN)
def test_nothing_is_put_together_while_proof_is_outstanding(identity: Identity) -> None:
    around = assembled(Around(request(identity)))

    assert (around.request.package, around.announced) == (None, [])
    assert around.request.status is Status.IDENTIFYING


def test_what_was_found_is_put_together_once_the_person_is_known() -> None:
    around = assembled(Around(request(PROVEN)))

    assert around.announced == ["Package Ready"]
    assert around.request.status is Status.AWAITING_APPROVAL


@pytest.mark.parametrize("identity", UNPROVEN)
def test_proof_that_is_asked_for_after_the_approval_stops_the_handing_over(identity: Identity) -> None:
    package = Package(key="k", manifest_sha256=Sha256("0" * 64), files=(), built_at=NOW, approved_at=NOW)
    around = Around(replace(request(identity), package=package))
    give = HandingOver(clock=around, requests=around, links=around).give

    refused = give({"request": "SAR-1"}, OFFICER)
    around.request = replace(around.request, identity=PROVEN)
    given = give({"request": "SAR-1"}, OFFICER)

    assert (refused.status, refused.reason) == ("refused", "request: the person has not shown yet who they are")
    assert (given.status, given.count, around.links) == ("given", 1, 1)
