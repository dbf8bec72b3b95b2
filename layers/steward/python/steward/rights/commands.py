"""What the events of source ``steward.rights`` say, read without trusting them (docs/rights-integration.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from steward.clock import london_date
from steward.holds import requests
from steward.holds.requests import BadRequest, Doubt
from steward.holds.signals.fields import get, received, remark, text
from steward.ids import ContactId
from steward.names import INTAKE
from steward.rights.requests import Cut, ErasureScope, ItemVerdict, Refusal, RequestId, Right, Verdict

FACTS = (
    "Identity Asked",
    "Identity Confirmed",
    "Authority Confirmed",
    "Clarification Asked",
    "Clarification Answered",
    "Request Extended",
    "Package Handed Over",
    "Request Closed",
    "Restriction Lifted",
)
"""The detail types that say that something happened on a day."""

GROUNDS = (
    "another_person",
    "crime_or_taxation",
    "legal_privilege",
    "health_or_social_work",
    "serious_harm",
    "cannot_be_edited",
    "not_about_the_person",
)
"""Why a file, or a part of it, is withheld: Data Protection Act 2018, Schedules 2 and 3, and a file's form."""

LONGEST_WHY = 500
LONGEST_FILE = 1100
MOST_CUTS = 500
MOST_REFUSALS = 500


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request reached the council."""

    request: RequestId
    right: Right
    received_on: date
    channel: str
    intake_key: str
    identity_needed: bool
    opened_by: str
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something happened on that London date. ``kind`` is the event's detail type."""

    request: RequestId
    kind: str
    on: date
    detail: str = ""
    """The kind of authority, the reason of an extension, the route of a package, or the outcome of a request."""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class MatchDecided:
    """Somebody said whether a contact is this person's."""

    request: RequestId
    contact_id: ContactId
    verdict: Verdict
    why: str
    by: str
    on: date


@dataclass(frozen=True, kw_only=True)
class ItemReviewed:
    """Somebody reviewed a file."""

    request: RequestId
    file: str
    verdict: ItemVerdict
    ground: str
    cuts: tuple[Cut, ...]
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PackageApproved:
    """Somebody let the package of that manifest out."""

    request: RequestId
    manifest_sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ErasureScoped:
    """Somebody said what of a person's data goes; nothing goes before somebody else agreed."""

    request: RequestId
    scope: ErasureScope


@dataclass(frozen=True, kw_only=True)
class ContactCorrected:
    """Somebody put what is wrong about a contact into the store of rights, to be kept with it and put right."""

    request: RequestId
    contact_id: ContactId
    key: str
    by: str
    on: date


Command = Received | Fact | MatchDecided | ItemReviewed | PackageApproved | ErasureScoped | ContactCorrected

_DETAIL = {
    "Authority Confirmed": "kind",
    "Request Extended": "reason",
    "Package Handed Over": "route",
    "Request Closed": "outcome",
}
"""The fixed word that goes with a fact, by its field."""

OUTCOMES = ("answered", "answered_in_part", "nothing_held", "refused", "withdrawn")
"""How a request may end."""

ROUTES = ("secure_mail", "portal", "post", "collected")
"""Ways by which a package usually goes out; any other word does as well."""


def command(kind: str, detail: Mapping[str, Any], at: datetime) -> Command:
    """Return what an event of that detail type says, put at that moment; raise ``BadRequest``."""
    request = request_id(text(detail, "request", needed=True))
    with requests.concerning(f"request {request}"):
        if kind in FACTS:
            return _fact(request, kind, detail, at)
        reader = _READERS.get(kind)
        if reader is None:
            raise BadRequest("detail-type", "is not dealt with by this version")
        return reader(request, detail, at)


def request_id(value: str, name: str = "request") -> RequestId:
    """Return a request's reference; it may be what a case's may be. Raises BadRequest."""
    return RequestId(requests.case_ref(value, name))


def _received(request: RequestId, detail: Mapping[str, Any], at: datetime) -> Received:
    stated = text(detail, "right", needed=True).strip().lower()
    try:
        right = Right(stated)
    except ValueError:
        raise BadRequest("right", f"must be one of {', '.join(Right)}") from None
    received_on, doubts = received(detail, "received_on", at)
    identity = text(detail, "identity").strip().lower()
    if identity not in {"confirmed", "needed"}:
        doubts = (*doubts, Doubt(field="identity", problem="is neither confirmed nor needed; taken as needed"))
    key = _handed_in(detail, "intake_key")
    return Received(
        request=request,
        right=right,
        received_on=received_on,
        channel=word(detail, "channel"),
        intake_key=key,
        identity_needed=identity != "confirmed",
        opened_by=remark(detail, "requested_by", requests.LONGEST_NAME) or remark(detail, "by", requests.LONGEST_NAME),
        doubts=doubts,
    )


def _handed_in(detail: Mapping[str, Any], name: str) -> str:
    key = text(detail, name).strip()
    if not key.startswith(INTAKE) or not key.isprintable() or len(key) > LONGEST_FILE:
        raise BadRequest(name, "must be the key of an object under intake/ in the store of rights")
    return key


def _corrected(request: RequestId, detail: Mapping[str, Any], at: datetime) -> ContactCorrected:
    return ContactCorrected(
        request=request,
        contact_id=requests.contact_id(text(detail, "contact_id", needed=True), "contact_id"),
        key=_handed_in(detail, "object_key"),
        by=remark(detail, "requested_by", requests.LONGEST_NAME).strip(),
        on=london_date(at),
    )


def _fact(request: RequestId, kind: str, detail: Mapping[str, Any], at: datetime) -> Fact:
    today = london_date(at)
    name = "told_on" if kind == "Request Extended" and text(detail, "told_on").strip() else "on"
    if kind == "Restriction Lifted":
        # UK GDPR Article 18(3): whoever obtained it is told before it is lifted. Nobody is taken to have been told.
        name = "told_on"
    stated = text(detail, name, needed=kind == "Restriction Lifted").strip()
    on = requests.calendar_date(stated, name, today) if stated else today
    detailed = word(detail, _DETAIL[kind], needed=kind != "Package Handed Over") if kind in _DETAIL else ""
    if kind == "Request Closed" and detailed not in OUTCOMES:
        raise BadRequest("outcome", f"must be one of {', '.join(OUTCOMES)}")
    until = text(detail, "until").strip() if kind == "Authority Confirmed" else ""
    return Fact(request=request, kind=kind, on=on, detail=detailed, until=_future_date(until) if until else None)


def _match(request: RequestId, detail: Mapping[str, Any], at: datetime) -> MatchDecided:
    stated = text(detail, "verdict", needed=True).strip().lower()
    if stated not in {Verdict.CONFIRMED, Verdict.REJECTED}:
        raise BadRequest("verdict", "must be confirmed or rejected")
    return MatchDecided(
        request=request,
        contact_id=requests.contact_id(text(detail, "contact_id", needed=True), "contact_id"),
        verdict=Verdict(stated),
        why=remark(detail, "why", LONGEST_WHY),
        by=_by(detail),
        on=london_date(at),
    )


def _item(request: RequestId, detail: Mapping[str, Any], at: datetime) -> ItemReviewed:
    stated = text(detail, "verdict", needed=True).strip().lower()
    try:
        verdict = ItemVerdict(stated)
    except ValueError:
        raise BadRequest("verdict", f"must be one of {', '.join(ItemVerdict)}") from None
    ground = text(detail, "ground").strip().lower()
    if verdict is not ItemVerdict.WHOLE and ground not in GROUNDS:
        raise BadRequest("ground", f"must be one of {', '.join(GROUNDS)}")
    cuts = cuts_of(get(detail, "cuts"))
    if (verdict is ItemVerdict.EDITED) != bool(cuts):
        raise BadRequest("cuts", "go with the verdict edited, and it with them")
    file = text(detail, "file", needed=True).strip()
    if len(file) > LONGEST_FILE:
        raise BadRequest("file", f"is longer than {LONGEST_FILE} characters")
    return ItemReviewed(request=request, file=file, verdict=verdict, ground=ground, cuts=cuts, by=_by(detail), at=at)


def _scoped(request: RequestId, detail: Mapping[str, Any], at: datetime) -> ErasureScoped:
    if not get(detail, "artefacts"):
        raise BadRequest("artefacts", "is missing")
    refusals = refusals_of(get(detail, "artefacts"))
    return ErasureScoped(request=request, scope=ErasureScope(by=_by(detail), on=london_date(at), refusals=refusals))


def refusals_of(value: object) -> tuple[Refusal, ...]:
    """Return what of a person's data stays, each with its ground; nothing for ``all``.

    An entry names an object by ``key``, with ``store`` where several have it, or a contact by ``contact_id``; one
    without a ``ground`` goes, as everything does that is not named. Raises ``BadRequest`` for anything else.
    """
    if value in (None, "", "all"):
        return ()
    if not isinstance(value, list) or not value or len(value) > MOST_REFUSALS:
        raise BadRequest(
            "artefacts", f"must be all, or a list of at most {MOST_REFUSALS} with a ground for each refusal"
        )
    return tuple(found for one in value if (found := _refusal(one)) is not None)


def _refusal(value: object) -> Refusal | None:
    stated = value if isinstance(value, Mapping) else {}
    named = text(stated, "key").strip() or text(stated, "contact_id").strip()
    if not named or len(named) > LONGEST_FILE or not named.isprintable():
        raise BadRequest("artefacts", "each names a key, or a contact by contact_id")
    store = text(stated, "store").strip()
    if not text(stated, "ground").strip():
        if text(stated, "decision").strip().lower().startswith(("refuse", "keep")):
            raise BadRequest("artefacts", "a refusal has a ground")
        return None
    return Refusal(artefact=f"{store}/{named}" if store else named, ground=word(stated, "ground"))


def cuts_of(value: object) -> tuple[Cut, ...]:
    """Return the parts that go out as silence; raise ``BadRequest``."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_CUTS:
        raise BadRequest("cuts", f"must be a list of at most {MOST_CUTS}")
    return tuple(_cut(one) for one in value)


def _cut(value: object) -> Cut:
    stated = value if isinstance(value, Mapping) else {}
    begin, end = (_milliseconds(stated.get(name)) for name in ("from_ms", "to_ms"))
    channel = str(stated.get("channel") or "all").lower()
    if begin is None or end is None or begin >= end:
        raise BadRequest("cuts", "each runs from from_ms to a later to_ms, whole milliseconds from the beginning")
    if channel not in {"all", "left", "right"}:
        raise BadRequest("cuts", "the channel is left, right or all")
    return Cut(from_ms=begin, to_ms=end, channel=channel)


def _milliseconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _by(detail: Mapping[str, Any]) -> str:
    by = remark(detail, "by", requests.LONGEST_NAME).strip()
    if not by:
        raise BadRequest("by", "is missing: a decision is somebody's")
    return by


def word(detail: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """Return a fixed word, such as a channel or an outcome: letters and underscores, so that nothing personal fits.

    Raises ``BadRequest`` for another character, for more than 40, and where one is needed and none is there.
    """
    stated = text(detail, name, needed=needed).strip().lower().replace(" ", "_").replace("-", "_")
    if stated and not (stated.replace("_", "").isalpha() and len(stated) <= 40):  # noqa: PLR2004 - the length of a word
        raise BadRequest(name, "must be a word of letters")
    return stated


def _future_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadRequest("until", "must be a date written as YYYY-MM-DD") from None


def _approved(request: RequestId, detail: Mapping[str, Any], at: datetime) -> PackageApproved:
    return PackageApproved(
        request=request,
        manifest_sha256=text(detail, "manifest_sha256", needed=True).strip().lower(),
        by=_by(detail),
        at=at,
    )


_READERS: Final[Mapping[str, Callable[[RequestId, Mapping[str, Any], datetime], Command]]] = {
    "Subject Request Received": _received,
    "Match Decided": _match,
    "Item Reviewed": _item,
    "Package Approved": _approved,
    "Erasure Decided": _scoped,
    "Contact Corrected": _corrected,
}
