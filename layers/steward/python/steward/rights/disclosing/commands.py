"""What events and calls of ``decide`` say of disclosures, read without trusting them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from steward.clock import london_date
from steward.decisions.subjects import Decision
from steward.holds import requests
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import get, remark, text
from steward.ids import ContactId
from steward.policy.disclosure import RecipientKind
from steward.rights.commands import GROUNDS, LONGEST_FILE, cuts_of, word
from steward.rights.disclosing.register import Chosen, DisclosureId, Grant, Telling
from steward.rights.requests import ItemVerdict

MOST_CONTACTS: Final = 50
"""A request that names more is trawling."""
MOST_FILES: Final = 200
REVIEW_AFTER: Final = timedelta(days=90)
"""A mark "do not tell" that names no day is looked at again after so long."""

REQUESTED, DECIDED, HANDED_OVER = "Disclosure Requested", "Disclosure Decided", "Disclosure Handed Over"
PROPOSAL: Final = "proposal"
"""Says in "Disclosure Decided" and to ``decide`` which proposal it is about: AWS's id of the call that made it."""
_SILENT: Final = {RecipientKind.POLICE, RecipientKind.AGENCY, RecipientKind.EMERGENCY}
"""Of what these are given, silence has one ground, where none is stated: it would warn whom it is about."""


@dataclass(frozen=True, kw_only=True)
class Requested:
    """Somebody asks for records."""

    disclosure: DisclosureId
    kind: str
    contact_ids: tuple[ContactId, ...]
    requested_by: str
    first_day: date | None
    last_day: date | None
    detail: Mapping[str, Any]
    problems: Mapping[str, str]
    """What of that cannot be used, by field."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Decided:
    """Somebody proposes what to give (``request``), grants it (``approve``) or refuses it (``reject``)."""

    disclosure: DisclosureId
    decision: Decision
    detail: Mapping[str, Any]
    by: str
    proposal: str
    """The signed call that proposed what is decided about."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """The copy went out on that day."""

    disclosure: DisclosureId
    on: date
    route: str


Command = Requested | Decided | HandedOver


def command(kind: str, detail: Mapping[str, Any], at: datetime) -> Command:
    """Return what an event of that detail type says, put at that moment; raise ``BadRequest``."""
    disclosure = disclosure_id(text(detail, "disclosure", needed=True))
    with requests.concerning(f"disclosure {disclosure}"):
        match kind:
            case "Disclosure Requested":
                return _requested(disclosure, detail, at)
            case "Disclosure Decided":
                decision = _decision(text(detail, "decision", needed=True))
                return Decided(
                    disclosure=disclosure,
                    decision=decision,
                    detail=detail,
                    by=text(detail, "by", needed=True),
                    proposal=text(detail, PROPOSAL, needed=decision is not Decision.REJECT),
                    at=at,
                )
            case "Disclosure Handed Over":
                stated = text(detail, "on").strip()
                today = london_date(at)
                on = requests.calendar_date(stated, "on", today) if stated else today
                return HandedOver(disclosure=disclosure, on=on, route=word(detail, "route"))
            case _:
                raise BadRequest("detail-type", "is not dealt with by this version")


def disclosure_id(value: str, name: str = "disclosure") -> DisclosureId:
    """Return a disclosure's reference; it may be what a case's may be. Raises BadRequest."""
    return DisclosureId(requests.case_ref(value, name))


def grant(
    detail: Mapping[str, Any],
    *,
    kind: str,
    longest: timedelta,
    by: str,
    at: datetime,
    proposal: str = "",
    telling_alone: bool = False,
) -> Grant:
    """Return what a decision states; raise ``BadRequest``.

    ``longest`` is how long a copy may be there at most. ``telling_alone``: nothing but the mark is decided anew.
    """
    today = london_date(at)
    telling = _telling(detail, kind, today)
    if telling_alone:
        return Grant(files=(), expires_on=today, telling=telling, by=by, at=at, proposal=proposal)
    expires_on = _day(detail, "expires_on")
    if not today <= expires_on <= today + longest:
        raise BadRequest("expires_on", f"must be one of the next {longest.days} days")
    return Grant(files=_files(detail), expires_on=expires_on, telling=telling, by=by, at=at, proposal=proposal)


def _requested(disclosure: DisclosureId, detail: Mapping[str, Any], at: datetime) -> Requested:
    problems = dict[str, str]()
    stated = remark(detail, "kind", requests.LONGEST_NAME).strip().lower().replace(" ", "_").replace("-", "_")
    if stated not in [*RecipientKind]:
        problems["kind"] = f"must be one of {', '.join(RecipientKind)}"
    contact_ids: tuple[ContactId, ...] = ()
    try:
        contact_ids = _contacts(detail)
    except BadRequest as refusal:
        problems["contact_ids"] = refusal.problem
    requested_by = remark(detail, "requested_by", requests.LONGEST_NAME).strip()
    if not requested_by:
        problems["requested_by"] = "is missing"
    days: list[date | None] = []
    for name in ("from", "to"):
        try:
            days.append(_day(detail, name) if text(detail, name).strip() else None)
        except BadRequest as refusal:
            problems[name] = refusal.problem
            days.append(None)
    first, last = days
    if first and last and last < first:
        problems["to"] = "lies before the day from which records are asked for"
    return Requested(
        disclosure=disclosure,
        kind=stated if "kind" not in problems else "unknown",
        contact_ids=contact_ids,
        requested_by=requested_by,
        first_day=first,
        last_day=last,
        detail=detail,
        problems=problems,
        at=at,
    )


def _contacts(detail: Mapping[str, Any]) -> tuple[ContactId, ...]:
    named = get(detail, "contact_ids")
    if named is None or named in ("", []):
        raise BadRequest("contact_ids", "is missing: exactly which contacts has to be said")
    named = [named] if isinstance(named, str) else named
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise BadRequest("contact_ids", "must be a list of contact ids")
    found = tuple(dict.fromkeys(requests.contact_id(one, "contact_ids") for one in named))
    if len(found) > MOST_CONTACTS:
        raise BadRequest("contact_ids", f"names more than {MOST_CONTACTS}")
    return found


def _decision(value: str) -> Decision:
    try:
        return Decision(value)
    except ValueError:
        raise BadRequest("decision", f"must be one of {', '.join(Decision)}") from None


def _day(detail: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text(detail, name, needed=True).strip())
    except ValueError:
        raise BadRequest(name, "must be a date written as YYYY-MM-DD") from None


def _files(detail: Mapping[str, Any]) -> tuple[Chosen, ...]:
    named = get(detail, "files")
    if not isinstance(named, list) or not named:
        raise BadRequest("files", "is missing: exactly which files go out has to be said")
    if len(named) > MOST_FILES:
        raise BadRequest("files", f"names more than {MOST_FILES}")
    return tuple(_chosen(each) for each in named)


def _chosen(stated: object) -> Chosen:
    if isinstance(stated, str):
        stated = {"file": stated}
    if not isinstance(stated, Mapping):
        raise BadRequest("files", "each is a key, or has file, verdict and cuts")
    file = str(stated.get("file") or stated.get("source_key") or "").strip()
    if not file or len(file) > LONGEST_FILE or not file.isprintable():
        raise BadRequest("files", "has an entry that is empty, too long or cannot be read")
    cuts = cuts_of(stated.get("cuts"))
    verdict = str(stated.get("verdict") or ("edited" if cuts else "whole"))
    if verdict not in {ItemVerdict.WHOLE, ItemVerdict.EDITED} or (verdict == ItemVerdict.EDITED) != bool(cuts):
        raise BadRequest("files", "each is whole, or edited with cuts; what is not named does not go out")
    return Chosen(file=file, verdict=ItemVerdict(verdict), cuts=cuts)


def _telling(detail: Mapping[str, Any], kind: str, today: date) -> Telling:
    stated = get(detail, "tell_person")
    more: Mapping[str, Any] = stated if isinstance(stated, Mapping) else detail
    value = more.get("tell") if isinstance(stated, Mapping) else stated
    if isinstance(value, str) and value.strip().lower() in {"yes", "no", "true", "false"}:
        value = value.strip().lower() in {"yes", "true"}
    if not isinstance(value, bool):
        raise BadRequest("tell_person", "is missing: whether the person may be told has to be said")
    if value:
        return Telling(tell=True)
    ground = text(more, "ground").strip().lower() or ("crime_or_taxation" if kind in _SILENT else "")
    if ground not in GROUNDS:
        raise BadRequest("ground", f"of not telling the person must be one of {', '.join(GROUNDS)}")
    review_on = _day(more, "review_on") if text(more, "review_on").strip() else today + REVIEW_AFTER
    if review_on <= today:
        raise BadRequest("review_on", "must be a day to come")
    return Telling(tell=False, ground=ground, review_on=review_on)
