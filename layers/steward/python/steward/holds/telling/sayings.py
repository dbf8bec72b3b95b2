"""What there is to say of a flagged contact, and the one mail that says it of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from steward.clock import london_date
from steward.holds.register import ContactHolds, Hold, HoldStatus
from steward.holds.requests import Doubt
from steward.ids import CaseRef, ContactId

MOST_NAMED: Final = 1000
"""So many contacts are named in one mail."""

LONGEST: Final = 200_000
"""So many bytes long is a mail at most: SNS takes 256 KiB (Amazon SNS API reference, "Publish")."""

MOST_IN_A_LINE: Final = 20
"""So many contacts are named where they only say which flag is meant."""

REST: Final = "The register names them all under this case: docs/runbook.md, “The contacts of a case”."


class Kind(StrEnum):
    """What a mail is about, in the words of its subject; the most urgent first."""

    TOUCHED = "Held copies were touched"
    NOTHING_HELD = "Nothing could be held"
    PARTIAL = "Hold incomplete"
    DOUBTFUL = "Please check a flag"
    AGAIN = "Held again"
    EXPIRING = "Flagged shortly before disposal"
    NOW_HELD = "Now held"


_OUTCOMES: Final = {HoldStatus.PARTIAL: Kind.PARTIAL, HoldStatus.NOTHING_HELD: Kind.NOTHING_HELD}
OUTCOMES: Final = (*_OUTCOMES.values(), Kind.NOW_HELD)


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One thing to say: an ``opening`` that names the contact, and ``lines`` that others may share.

    ``at`` is when it came up. A saying about a whole flag names no contact.
    """

    case: CaseRef
    kind: Kind
    contact_id: ContactId
    opening: str
    lines: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Mail:
    """A mail to the complaints team."""

    subject: str
    lines: tuple[str, ...]


def outcome(hold: Hold, at: datetime) -> Saying:
    """Return that a hold is not complete and why, or that it is now."""
    return Saying(
        case=hold.case,
        kind=_OUTCOMES.get(hold.status, Kind.NOW_HELD),
        contact_id=hold.contact_id,
        opening=f"Contact {hold.contact_id} for case {hold.case}: {hold.status}.",
        lines=tuple(
            f"{missing.record_class}: {missing.why}" + (f" ({missing.source_key})" if missing.source_key else "")
            for missing in hold.missing
        ),
        at=at,
    )


def expiring(hold: Hold, disappears_at: datetime, at: datetime) -> Saying:
    """Return that an original was close to its end when the flag came."""
    return Saying(
        case=hold.case,
        kind=Kind.EXPIRING,
        contact_id=hold.contact_id,
        opening=f"Contact {hold.contact_id} for case {hold.case} was flagged close to the end of its retention period.",
        lines=(
            f"Its original leaves the ordinary store on {london_date(disappears_at):%d %B %Y}.",
            f"The outcome of the hold is: {hold.status}.",
        ),
        at=at,
    )


def held_again(hold: Hold, at: datetime) -> Saying:
    """Return that a contact whose hold was over is held again."""
    return Saying(
        case=hold.case,
        kind=Kind.AGAIN,
        contact_id=hold.contact_id,
        opening=f"Contact {hold.contact_id} was flagged for case {hold.case} again.",
        lines=(
            f"Its hold was {hold.again_after}.",
            f"What is still there is held again. The outcome is: {hold.status}.",
        ),
        at=at,
    )


def copies_touched(file: ContactHolds, deleted: Sequence[str], covered: Sequence[str], at: datetime) -> Saying:
    """Return that held copies of a contact were deleted or hidden by somebody, and what became of them."""
    cases = sorted(hold.case for hold in file.active)
    return Saying(
        case=cases[0],
        kind=Kind.TOUCHED,
        contact_id=file.contact_id,
        opening=f"Somebody changed what is held for contact {file.contact_id}, case {', '.join(cases)}.",
        lines=(
            *(f"Deleted from the hold bucket: {key}" for key in deleted),
            *(f"Hidden by a delete marker or another version, and put on top again: {key}" for key in covered),
            "What was deleted is copied again where the original is still there; the outcome of the hold says so.",
        ),
        at=at,
    )


def doubtful(case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId], at: datetime) -> Saying:
    """Return what of a flag could not be used as it was given."""
    named = ", ".join(contact_ids[:MOST_IN_A_LINE])
    more = f" and {len(contact_ids) - MOST_IN_A_LINE} more" if len(contact_ids) > MOST_IN_A_LINE else ""
    return Saying(
        case=case,
        kind=Kind.DOUBTFUL,
        contact_id=ContactId(""),
        opening=f"Case {case}: part of a flag could not be used as it was given.",
        lines=(
            *(f"{doubt.field}: {doubt.problem}." for doubt in doubts),
            f"What could be read is held. Contacts: {named}{more}.",
            "Flag again with the right values. A later end extends the hold; nothing shortens it.",
        ),
        at=at,
    )


def mail(case: CaseRef, sayings: Iterable[Saying]) -> Mail:
    """Return the one mail that says all of it: of each kind, what is the same of several contacts once.

    Up to ``MOST_NAMED`` contacts are named; the mail counts the others and says where they stand.
    """
    latest = list({_about(one): one for one in sorted(sayings, key=lambda one: one.at)}.values())
    kinds = [kind for kind in Kind if any(one.kind is kind for one in latest)]
    subject = ", ".join([kinds[0].value, *(kind.value[0].lower() + kind.value[1:] for kind in kinds[1:])])
    if len(latest) == 1:
        return Mail(f"{subject}: case {case}", (latest[0].opening, *latest[0].lines))
    lines = [line for kind in kinds for line in _section([one for one in latest if one.kind is kind])]
    return Mail(f"{subject}: case {case}", tuple(_bounded(case, lines)))


def _about(saying: Saying) -> tuple[object, ...]:
    """Return what a later saying replaces: the outcome of a contact, or what else was said of it in the same way."""
    if not saying.contact_id:
        return (saying.kind, saying.lines)
    return ("outcome" if saying.kind in OUTCOMES else saying.kind, saying.contact_id)


@dataclass(frozen=True)
class _Line:
    text: str
    names: bool = False


def _section(sayings: Sequence[Saying]) -> Iterator[_Line]:
    """Return the lines about one kind: each reason, and below it the contacts that it concerns."""
    kind, contacts = sayings[0].kind, {one.contact_id for one in sayings if one.contact_id}
    yield _Line(f"{kind}: {len(contacts)} contact{'' if len(contacts) == 1 else 's'}." if contacts else f"{kind}.")
    reasons: dict[tuple[str, ...], list[ContactId]] = {}
    for one in sayings:
        reasons.setdefault(one.lines, []).append(one.contact_id)
    for reason, concerned in reasons.items():
        yield from (_Line(line) for line in reason)
        yield from (_Line(f"- {contact}", names=True) for contact in concerned if contact)
    yield _Line("")


def _bounded(case: CaseRef, lines: Sequence[_Line]) -> Iterator[str]:
    yield f"Case {case}, in one message for all its contacts:"
    named, length, left_out = 0, 0, 0
    for line in lines:
        named += line.names
        length += len(line.text.encode()) + 1
        if (line.names and named > MOST_NAMED) or length > LONGEST:
            left_out += line.names
        else:
            yield line.text
    if left_out:
        yield f"And {left_out} more. {REST}"
