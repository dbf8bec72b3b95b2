"""What belongs to the contacts that were found; a contact that is another person's leads nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from steward.ids import ContactId, NumberHash
from steward.rights.finding.belonging import Belonging
from steward.rights.finding.identifiers import Identifier, Kind
from steward.rights.finding.registers import NOTHING, Entries
from steward.rights.requests import Identity, Match, RequestId, Right, SubjectRequest, Verdict

HERS, HIS = ContactId("hers"), ContactId("his")


class Known:
    """Connect and the registers: every contact has a second one in its chain."""

    unlisted: bool = False

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        return None if self.unlisted else (ContactId(f"{contact_id}-again"),)

    def snapshot(self, contact_id: ContactId) -> bytes | None:
        return contact_id.encode()

    def of_case(self, case: str) -> tuple[ContactId, ...]:
        del case
        return (HERS, HIS)

    def hashed(self, e164: str) -> NumberHash:
        return NumberHash(e164)

    def contacts_of(self, number: NumberHash) -> tuple[ContactId, ...]:
        del number
        return ()

    def entries(self, contact_id: ContactId, numbers: Sequence[NumberHash]) -> Entries:
        del contact_id, numbers
        return NOTHING

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        del request, contact_id
        return None

    def keep_entries(self, request: RequestId, contact_id: ContactId, entries: Entries) -> None:
        del request, contact_id, entries


def test_what_follows_from_a_strangers_contact_is_not_looked_at() -> None:
    request = asked()
    found = list[str]()
    known = Known()
    unknown = Belonging(chains=known, registers=known, kept=known).expand(
        request, [Identifier(kind=Kind.CASE, value="C-1")], lambda _request, one: found.append(one.contact_id)
    )
    assert found == ["hers-again"]
    assert unknown == ()


def test_a_contact_whose_chain_is_not_listed_is_named_and_not_taken_for_one_without_a_chain() -> None:
    known = Known()
    known.unlisted = True
    belonging = Belonging(chains=known, registers=known, kept=known)
    assert belonging.expand(asked(), [], lambda _request, _one: None) == (HERS,)


def asked() -> SubjectRequest:
    return SubjectRequest(
        id=RequestId("SAR-1"),
        right=Right.ACCESS,
        received_on=date(2027, 1, 5),
        opened_at=datetime(2027, 1, 5, 9, tzinfo=UTC),
        channel="post",
        intake_key="intake/SAR-1.json",
        opened_by="olive",
        identity=Identity(needed=False),
        matches=(Match(contact_id=HERS), Match(contact_id=HIS, verdict=Verdict.REJECTED)),
    )
