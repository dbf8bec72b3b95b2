"""To whom a record may be given, and what each kind of recipient has to show first."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from steward.policy.recording import Text
from steward.policy.retention import Clauses, Months


class RecipientKind(StrEnum):
    """Who asks for a record."""

    POLICE = "police"
    AGENCY = "agency"
    COURT_ORDER = "court_order"
    REPRESENTATIVE = "representative"
    COMPLAINT_SERVICE = "complaint_service"
    CARE_BODY = "care_body"
    FRAUD_TEAM = "fraud_team"
    EMERGENCY = "emergency"


class Need(StrEnum):
    """Something that has to be stated; the name is the field's in "Disclosure Requested"."""

    FORM_KEY = "form_key"
    """The request as it was signed, or the sealed order: an object under ``forms/`` in the store of rights."""
    FORCE = "force"
    OFFICER = "officer"
    AGENCY = "agency"
    POWER = "power"
    AUTHORISER = "authoriser"
    OFFENCE = "offence"
    """Or ``prejudice``, where naming it would prejudice the purpose."""
    BASIS = "basis"
    CONDITION = "condition"
    CRIMINAL_MATTER = "criminal_matter"
    VICTIM = "victim"
    """Whether it is about a victim or witness; if so ``victim_notice_on`` is needed as well."""
    COMPLY_BY = "comply_by"
    AUTHORITY = "authority"
    EVIDENCE_SEEN_ON = "evidence_seen_on"
    UNTIL = "until"
    SCOPE = "scope"
    CASE = "case"
    CARE_RELATION = "care_relation"
    PURPOSE = "purpose"
    NEED = "need"
    PERSON_AT_RISK = "person_at_risk"
    DECIDED_BY = "decided_by"
    DECIDED_AT = "decided_at"


LEAST: Final[Mapping[RecipientKind, tuple[Need, ...]]] = {
    RecipientKind.POLICE: (
        Need.FORM_KEY,
        Need.FORCE,
        Need.OFFICER,
        Need.AUTHORISER,
        Need.OFFENCE,
        Need.BASIS,
        Need.CRIMINAL_MATTER,
        Need.VICTIM,
    ),
    RecipientKind.AGENCY: (Need.FORM_KEY, Need.AGENCY, Need.POWER, Need.AUTHORISER, Need.BASIS),
    RecipientKind.COURT_ORDER: (Need.FORM_KEY, Need.COMPLY_BY),
    RecipientKind.REPRESENTATIVE: (Need.AUTHORITY, Need.EVIDENCE_SEEN_ON, Need.UNTIL, Need.SCOPE),
    RecipientKind.COMPLAINT_SERVICE: (Need.CASE,),
    RecipientKind.CARE_BODY: (Need.CARE_RELATION, Need.PURPOSE, Need.CONDITION, Need.NEED),
    RecipientKind.FRAUD_TEAM: (Need.CASE, Need.BASIS),
    RecipientKind.EMERGENCY: (Need.PERSON_AT_RISK, Need.DECIDED_BY, Need.DECIDED_AT),
}
"""What the law and its guidance ask for at least; a council may ask for more.

Data Protection Act 2018, Schedule 2, paragraphs 2 and 5; Police, Crime, Sentencing and Courts Act 2022, sections 44A to
44F; UK GDPR Article 9(2)(h); ICO, "Data sharing: a code of practice".
"""


class Recipient(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of recipient on the council's own list."""

    needs: Annotated[tuple[Need, ...], Meta(min_length=1)]
    clauses: Clauses = ()


class Disclosure(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """To whom a record may be given, and on what condition."""

    to: tuple[Text, ...]
    condition: Text
    recipients: dict[RecipientKind, Recipient] = {}
    """The council's own list: nobody else is given anything, but for whoever holds an order of a court."""
    copies_days: Annotated[int, Meta(ge=1, le=90)] = 30
    """For how long at most a prepared copy is there to be handed over."""
    register_months: Months = 72
    """How long the register knows of a disclosure: as long as a claim about it can be brought."""
    clauses: Clauses = ()

    def needs_of(self, kind: RecipientKind) -> tuple[Need, ...] | None:
        """Return what a kind of recipient has to show; none where the council's list does not have it.

        An order of a court binds whatever the list says.
        """
        listed = self.recipients.get(kind)
        if listed is not None:
            return listed.needs
        return LEAST[kind] if kind is RecipientKind.COURT_ORDER else None
