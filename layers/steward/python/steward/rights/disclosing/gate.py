"""The gate: what a kind of recipient has to show, read without trusting it. What is missing is named.

What passes is kept as fixed words, dates and references. Nothing free is kept, because it might name somebody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from steward.clock import london_date
from steward.holds import references, requests
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import get, text
from steward.ids import ContactId
from steward.names import FORMS, INTAKE
from steward.policy.disclosure import Need, RecipientKind

SHORT: Final = 100
THESE: Final = "these"
"""The scope of an authority that names contacts, among them every one that is asked for."""
_PHRASE: Final = re.compile(r"[^\W_](?:[^\W_]|[ /_.,()&'-]){0,99}")
_DIGITS: Final = 6
"""So many digits at most: a collar number or the section of an act, and no telephone number."""

RANKS: Final = (
    "inspector",
    "detective_inspector",
    "chief_inspector",
    "detective_chief_inspector",
    "superintendent",
    "detective_superintendent",
    "chief_superintendent",
    "commander",
    "assistant_chief_constable",
    "deputy_chief_constable",
    "chief_constable",
)
"""Who may authorise a request of the police: an inspector or above."""

LEGAL_OBLIGATION, PUBLIC_TASK, VITAL_INTERESTS, CRIME_AND_TAXATION = (
    "legal_obligation",
    "public_task",
    "vital_interests",
    "crime_and_taxation",
)
_BASES: Final[Mapping[str, str]] = {
    "legalobligation": LEGAL_OBLIGATION,
    "61c": LEGAL_OBLIGATION,
    "publictask": PUBLIC_TASK,
    "61e": PUBLIC_TASK,
    "vitalinterests": VITAL_INTERESTS,
    "61d": VITAL_INTERESTS,
    "crimeandtaxation": CRIME_AND_TAXATION,
    "crimeortaxation": CRIME_AND_TAXATION,
    "sch2para2": CRIME_AND_TAXATION,
    "sch2part1para2": CRIME_AND_TAXATION,
    "schedule2paragraph2": CRIME_AND_TAXATION,
    "schedule2part1paragraph2": CRIME_AND_TAXATION,
}
"""The bases on which a council gives something away, by how they are written without what stands between letters.

UK GDPR Article 6(1) and Data Protection Act 2018, Schedule 2. Consent is none of them, nor are legitimate interests,
recognised or not: a public authority cannot rest its tasks on them (UK GDPR Article 6(1), last sentence).
"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was shown: the values that pass by name, and the problems of those that do not."""

    stated: dict[str, str]
    problems: dict[str, str]


def examine(
    kind: RecipientKind,
    needs: tuple[Need, ...],
    detail: Mapping[str, Any],
    contact_ids: tuple[ContactId, ...],
    at: datetime,
) -> Shown:
    """Return what of the needs was shown, and what is missing or wrong, by name."""
    reading = _Reading(kind, detail, contact_ids, at)
    stated, problems = dict[str, str](), dict[str, str]()
    wanted: list[str] = [*needs]
    if Need.OFFENCE in needs and not _given(detail, Need.OFFENCE) and _yes(detail, "prejudice"):
        wanted[wanted.index(Need.OFFENCE)] = "prejudice"
    if Need.VICTIM in needs and _yes(detail, Need.VICTIM):
        wanted.append("victim_notice_on")
    if _given(detail, "sensitive") and not _no(detail, "sensitive") and Need.CONDITION not in needs:
        wanted.append(Need.CONDITION)
    for name in wanted:
        try:
            stated[name] = reading.of(name)
        except BadRequest as refusal:
            problems[name] = refusal.problem
    return Shown(stated=stated, problems=problems)


def value(
    kind: RecipientKind, name: str, detail: Mapping[str, Any], contact_ids: tuple[ContactId, ...], at: datetime
) -> str:
    """Return what passes of one need, as it is kept; raise ``BadRequest`` where it is missing or cannot count."""
    return _Reading(kind, detail, contact_ids, at).of(name)


@dataclass(frozen=True)
class _Reading:
    kind: RecipientKind
    detail: Mapping[str, Any]
    contact_ids: tuple[ContactId, ...]
    at: datetime

    def of(self, name: str) -> str:
        return _READERS.get(name, _Reading.phrase)(self, name)

    @property
    def today(self) -> date:
        return london_date(self.at)

    def phrase(self, name: str) -> str:
        stated = text(self.detail, name, needed=True).strip()
        if not _PHRASE.fullmatch(stated) or sum(sign.isdigit() for sign in stated) > _DIGITS:
            raise BadRequest(name, f"must be at most {SHORT} letters, with few digits, and no number or address")
        return stated

    def key(self, name: str) -> str:
        stated = text(self.detail, name, needed=True).strip()
        if not stated.startswith((FORMS, INTAKE)) or not stated.isprintable() or len(stated) > requests.LONGEST_NOTE:
            raise BadRequest(name, f"must be the key of an object under {FORMS} in the store of rights")
        if "/" not in stated.removeprefix(INTAKE) and stated.endswith(".json"):
            # What a form is goes with its disclosure, and would take a person's identifiers along.
            raise BadRequest(name, "is where the identifiers of a person's request lie")
        return stated

    def rank(self, name: str) -> str:
        stated = self.phrase(name)
        if self.kind is not RecipientKind.POLICE:
            return stated
        rank = re.sub(r"[\s-]+", "_", stated.lower())
        if rank not in RANKS:
            raise BadRequest(name, "must be the rank of an inspector or above")
        return rank

    def basis(self, name: str) -> str:
        stated = text(self.detail, name, needed=True).lower()
        bare = re.sub(r"[^a-z0-9]|article|\bart\b|gdpr|^uk|dpa|2018", "", stated)
        if bare not in _BASES:
            raise BadRequest(name, f"must be one of {', '.join(sorted(set(_BASES.values())))}")
        return _BASES[bare]

    def yes(self, name: str) -> str:
        if not _given(self.detail, name):
            raise BadRequest(name, "is missing")
        if not _yes(self.detail, name):
            raise BadRequest(name, "is not stated to be so")
        return "yes"

    def yes_or_no(self, name: str) -> str:
        if not _given(self.detail, name):
            raise BadRequest(name, "is missing")
        if _yes(self.detail, name) == _no(self.detail, name):
            raise BadRequest(name, "must be yes or no")
        return "yes" if _yes(self.detail, name) else "no"

    def at_risk(self, name: str) -> str:
        # Who it is may be written here in whatever words: that somebody is named is enough, and none of it is kept.
        if not _given(self.detail, name) or _no(self.detail, name):
            raise BadRequest(name, "is missing")
        return "yes"

    def past_day(self, name: str) -> str:
        return requests.calendar_date(text(self.detail, name, needed=True), name, self.today).isoformat()

    def any_day(self, name: str) -> str:
        try:
            return date.fromisoformat(text(self.detail, name, needed=True).strip()).isoformat()
        except ValueError:
            raise BadRequest(name, "must be a date written as YYYY-MM-DD") from None

    def coming_day(self, name: str) -> str:
        day = self.any_day(name)
        if day < self.today.isoformat():
            raise BadRequest(name, "has passed")
        return day

    def case(self, name: str) -> str:
        return requests.case_ref(text(self.detail, name, needed=True), name)

    def somebody(self, name: str) -> str:
        stated = text(self.detail, name, needed=True).strip()
        if len(stated) > SHORT or not stated.isprintable() or references.problem(re.sub(r"[@+]", ".", stated)):
            raise BadRequest(name, "must say in at most 64 letters who it is")
        return stated

    def scope(self, name: str) -> str:
        value = get(self.detail, name)
        if value is None or value in ("", []):
            raise BadRequest(name, "is missing")
        if isinstance(value, str) and value.strip().lower() == "all":
            return "all"
        named = [value] if isinstance(value, str) else value
        if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
            raise BadRequest(name, "must be all, or a list of contact ids")
        covered = {requests.contact_id(one, name) for one in named}
        if not covered.issuperset(self.contact_ids):
            raise BadRequest(name, "does not cover every contact that is asked for")
        return THESE


_READERS: Final[Mapping[str, Callable[[_Reading, str], str]]] = {
    Need.FORM_KEY: _Reading.key,
    Need.AUTHORISER: _Reading.rank,
    Need.BASIS: _Reading.basis,
    Need.CRIMINAL_MATTER: _Reading.yes,
    Need.VICTIM: _Reading.yes_or_no,
    Need.COMPLY_BY: _Reading.any_day,
    Need.EVIDENCE_SEEN_ON: _Reading.past_day,
    Need.UNTIL: _Reading.coming_day,
    Need.SCOPE: _Reading.scope,
    Need.CASE: _Reading.case,
    Need.PERSON_AT_RISK: _Reading.at_risk,
    Need.DECIDED_BY: _Reading.somebody,
    Need.DECIDED_AT: _Reading.past_day,
    "victim_notice_on": _Reading.past_day,
    "prejudice": _Reading.yes,
}


def _given(detail: Mapping[str, Any], name: str) -> bool:
    value = get(detail, name)
    return value is not None and value != "" and not (isinstance(value, str) and not value.strip())


def _yes(detail: Mapping[str, Any], name: str) -> bool:
    value = get(detail, name)
    return value is True or (isinstance(value, str) and value.strip().lower() in {"yes", "true", "y"})


def _no(detail: Mapping[str, Any], name: str) -> bool:
    value = get(detail, name)
    return value is False or (isinstance(value, str) and value.strip().lower() in {"no", "false", "n"})
