"""What a person is told of disclosures: who received something, but for those of whom they may not be told. Pure.

UK GDPR Article 15(1)(c), and Data Protection Act 2018, Schedule 2, paragraph 2.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from steward.clock import london_date
from steward.ids import ContactId
from steward.policy.disclosure import RecipientKind
from steward.rights.disclosing.register import Disclosure

_CALLED: Final = {
    RecipientKind.POLICE: "the police",
    RecipientKind.AGENCY: "another agency",
    RecipientKind.COURT_ORDER: "whoever a court ordered it for",
    RecipientKind.REPRESENTATIVE: "somebody who acts for you",
    RecipientKind.COMPLAINT_SERVICE: "a service that resolves a complaint",
    RecipientKind.CARE_BODY: "a body involved in your care",
    RecipientKind.FRAUD_TEAM: "the council's own fraud team",
    RecipientKind.EMERGENCY: "an emergency service, because somebody was at risk",
}


@dataclass(frozen=True, order=True)
class Recipient:
    """Who received something of a person, and when."""

    on: date
    who: str
    files: int


def told(disclosures: Iterable[Disclosure], contacts: Collection[ContactId]) -> tuple[Recipient, ...]:
    """Return whom the person of these contacts is told of, in order of the day; a disclosure of several of them once.

    A disclosure may concern others as well: of what went out only their own files count.
    """
    found = ((one, one.given_of(contacts)) for one in disclosures if _went_out(one) and _may_be_told(one))
    return tuple(sorted({_recipient(one, files) for one, files in found if files}))


def _went_out(one: Disclosure) -> bool:
    # Whoever was given a link has it in all likelihood, reported or not.
    return bool(one.hand_overs) or (one.prepared is not None and one.prepared.links > 0)


def _may_be_told(one: Disclosure) -> bool:
    return one.telling is not None and one.telling.tell


def _recipient(one: Disclosure, files: int) -> Recipient:
    on = min((each.on for each in one.hand_overs), default=london_date(one.asked_at))
    who = _CALLED[RecipientKind(one.kind)]
    named = one.stated.get("force") or one.stated.get("agency")
    return Recipient(on=on, who=f"{who} ({named})" if named else who, files=files)
