"""What the register has tonight, as people need it: holds, decisions that wait, and what was disposed of. Pure.

``steward-register/1``. It names cases, contacts and staff, nothing of a caller, and is kept for few and not for long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from steward.decisions.book import Row, Standing
from steward.evidence.register.receipt import stage
from steward.evidence.register.refusals import Refusals
from steward.evidence.register.requests import OpenRequests
from steward.evidence.statement.register import Entry
from steward.holds.register import ContactHolds, Hold, HoldStatus

FORMAT: Final = "steward-register/1"

NOT_LOOKED_AT: Final = "asked for, not looked at yet"


class HoldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One case's hold on one contact, in force. ``until`` is none while the case is open and its hold has no end.

    ``missing`` has the record class and the reason of each thing that ought to be held and is not.
    """

    case: str
    contact_id: str
    state: str
    why: str
    until: datetime | None
    leaves_at: datetime | None
    copies: int
    missing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything that was to be held is."""
        return self.state == HoldStatus.HELD and not self.missing


class WaitingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A request that nobody has decided yet. ``items`` counts what it names; 0 means all that the reference has."""

    subject: str
    reference: str
    asked_by: str
    asked_at: datetime
    why: str
    items: int


class DisposalLine(msgspec.Struct, frozen=True, kw_only=True):
    """How many versions of one store the ledger announced for one cause this month, and of how many S3 said so."""

    store: str
    cause: str
    announced: int
    confirmed: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The register at ``at``; disposals are those since ``month_from``. ``unread`` rows have another form.

    ``requests`` is none where the policy has no section about them, ``refusals`` where it has none about texts or
    payments.
    """

    format: str
    council: str
    environment: str
    at: datetime
    month_from: datetime
    holds: tuple[HoldLine, ...]
    waiting: tuple[WaitingLine, ...]
    disposals: tuple[DisposalLine, ...]
    requests: OpenRequests | None
    refusals: Refusals | None
    unread: int

    def counts(self) -> dict[str, int]:
        """Return what a mail may say: numbers, and nothing about a case, contact or request.

        What is not shown has no number.
        """
        requests = self.requests
        known = requests is not None and not requests.not_shown
        return {
            "cases": len({one.case for one in self.holds}),
            "contacts": len({one.contact_id for one in self.holds}),
            "holds": len(self.holds),
            "not_whole": sum(not one.is_whole for one in self.holds),
            "waiting": len(self.waiting),
            "disposed_of": sum(one.announced for one in self.disposals),
            **({"requests": len(requests.lines), "overdue": requests.overdue} if requests and known else {}),
            "unread": self.unread,
            "not_shown": int(requests is not None and not known),
            "refusals_not_shown": int(self.refusals is not None and bool(self.refusals.not_shown)),
        }


def view(
    rows: Iterable[ContactHolds | Entry | None],
    decisions: Iterable[Row | None],
    *,
    stores: Mapping[str, str],
    requests: OpenRequests | None,
    refusals: Refusals | None,
    council: str,
    environment: str,
    at: datetime,
    month_from: datetime,
) -> View:
    """Return the register from its rows, none of which stands for one that cannot be read.

    ``stores`` are the stores' names by their buckets.
    """
    holds, gone, unread = list[HoldLine](), dict[tuple[str, str], Counter[str]](), 0
    for row in rows:
        if row is None:
            unread += 1
        elif isinstance(row, ContactHolds):
            holds += [_hold(row, one) for one in row.active]
        else:
            _dispose(gone, row, stores, month_from)
    asked = dict[tuple[str, str], list[Row]]()
    for call in decisions:
        if call is None:
            unread += 1
        else:
            asked.setdefault((call.subject, call.id.casefold()), []).append(call)
    return View(
        format=FORMAT,
        council=council,
        environment=environment,
        at=at,
        month_from=month_from,
        holds=tuple(sorted(holds, key=lambda one: (one.is_whole, one.case, one.contact_id))),
        waiting=tuple(sorted(_waiting(asked.values()), key=lambda one: (one.asked_at, one.reference))),
        disposals=tuple(
            DisposalLine(store=store, cause=cause, announced=found["announced"], confirmed=found["confirmed"])
            for (store, cause), found in sorted(gone.items())
        ),
        requests=requests,
        refusals=refusals,
        unread=unread + (requests.unread if requests else 0),
    )


def _hold(file: ContactHolds, hold: Hold) -> HoldLine:
    return HoldLine(
        case=hold.case,
        contact_id=hold.contact_id,
        state=hold.status if hold.inspected else NOT_LOOKED_AT,
        why=f"{hold.reason.replace('_', ' ')}, {stage(hold.stage)}",
        until=None if hold.open_ended else hold.hold_until,
        leaves_at=hold.leaves_at,
        copies=len(file.present),
        missing=tuple(f"{one.record_class.replace('_', ' ')}: {one.why}" for one in hold.missing),
    )


def _dispose(
    gone: dict[tuple[str, str], Counter[str]], entry: Entry, stores: Mapping[str, str], month_from: datetime
) -> None:
    announced = entry.planned_at is not None and entry.planned_at >= month_from
    confirmed = entry.confirmed_at is not None and entry.confirmed_at >= month_from
    if announced or confirmed:
        cause = entry.cause if entry.planned_at is not None else "unannounced"
        found = gone.setdefault((stores.get(entry.bucket, entry.bucket), cause), Counter())
        found["announced"] += announced
        found["confirmed"] += confirmed


def _waiting(asked: Iterable[list[Row]]) -> Iterable[WaitingLine]:
    for rows in asked:
        row = Standing(tuple(sorted(rows, key=lambda one: one.number))).open
        if row is not None:
            yield WaitingLine(
                subject=row.subject,
                reference=row.id,
                asked_by=str(row.by),
                asked_at=row.at,
                why=row.why,
                items=len(row.items),
            )
