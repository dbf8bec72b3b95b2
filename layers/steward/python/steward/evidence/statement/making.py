"""Makes a statement: looks, says, signs, and tells the data protection officer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from steward.clock import Clock, london_date, london_midnight
from steward.evidence.signatures import Signer, signed
from steward.evidence.statement.counting import Finding, Kind, Rule, numbers
from steward.evidence.statement.document import (
    ENVELOPE,
    FORMAT,
    NOT_COVERED,
    NOT_SHOWN,
    DisposalsLine,
    HoldsLine,
    StoreLine,
    encode,
    encode_findings,
    propositions,
)
from steward.evidence.statement.handing_over import HandingOver
from steward.evidence.statement.looking import Looking
from steward.evidence.statement.page import statement_page
from steward.evidence.statement.ports import Inventories, Looks, Notices, Registers, Shelf, Stored, Stores
from steward.evidence.statement.register import Book, Entry
from steward.evidence.statement.whole import HOLDS
from steward.failures import AwsError
from steward.retention.months import add_months

ON_DEMAND: Final = "on-demand"

TOLD: Final = "told.json"
"""Lies beside the envelope once the officer's mail is sent."""

BEING_ADOPTED: Final = "is being adopted and is not counted"


class NotSealed(Exception):
    """The statement was made and could not be signed or stored: it is a draft, and nobody is told that it is one."""


@dataclass(frozen=True, kw_only=True)
class About:
    """Whose statement it is, and of which policy."""

    council: str
    environment: str
    policy_version: str
    policy_sha256: str


@dataclass(frozen=True, kw_only=True)
class Span:
    """What a statement is about: London midnights, the second of them excluded, and the folder where it lies."""

    begins: datetime
    ends: datetime
    folder: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """What came of a run; ``key`` is the envelope's, and ``new`` says whether this run stored it.

    ``values`` are those of a statement of which the officer has still to be told; of another there are none.
    """

    key: str
    new: bool
    untold: bool = False
    exceptions: int = 0
    values: tuple[bool | str, ...] = ()

    @property
    def not_shown(self) -> int:
        """How many of the three sentences could not be shown."""
        return sum(value == NOT_SHOWN for value in self.values)

    @property
    def untrue(self) -> int:
        """How many of the three sentences are not true."""
        return sum(value is False for value in self.values)


def month_before(now: datetime) -> Span:
    """Return the whole calendar month, in London, before the one of that moment."""
    first = london_date(now).replace(day=1)
    begins = add_months(first, -1)
    return Span(begins=london_midnight(begins), ends=london_midnight(first), folder=f"{begins:%Y-%m}")


def month_so_far(now: datetime) -> Span:
    """Return the part of this month that is over, for a statement that somebody asks for."""
    first: date = london_date(now).replace(day=1)
    return Span(begins=london_midnight(first), ends=now, folder=f"{ON_DEMAND}/{now:%Y-%m-%dT%H%M%SZ}")


class _Looked(NamedTuple):
    """What a run saw: the register and what of it could not be read, the stores, and a line for each of them."""

    book: Book | None
    unread: tuple[str, ...]
    looking: Looking
    lines: list[StoreLine]


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Makes them. May be repeated, and may die after any call: one month has one envelope."""

    clock: Clock
    about: About
    rules: Sequence[Rule]
    adopted: Sequence[Rule] = ()
    """Of the stores that are being adopted as they are, which have no inventory yet."""
    hold_bucket: str
    inventories: Inventories
    stores: Stores
    registers: Registers
    shelf: Shelf
    signer: Signer
    notices: Notices
    looks: Looks

    def make(self, *, on_demand: bool = False) -> Made:
        """Make last month's statement, if there is none yet, or one of this month so far.

        The first is of the first month that began with an inventory there or brought one; one that is missing is made
        up for on any day.

        Contacts of whose holds a list makes one doubt something are handed over for a whole look, which puts right what
        can be: once for each month, and by later runs where the register could not be read or they are many. Raises
        ``NotSealed``, and AwsError where the evidence store cannot be asked whether there is one, or the hold queue
        does not take them.
        """
        now = self.clock.now()
        span = month_so_far(now) if on_demand else month_before(now)
        there = self.shelf.read(f"{_folder(span.folder)}/envelope.json")
        if there is not None:
            after = None if on_demand else self._handing_over.begins_after(_folder(span.folder))
            if after is not None:
                self._hand_over(self._look(now, span, self.shelf.newest(before=span.folder)), span, after)
            return self._made_before(there)
        last = self.shelf.newest(before="" if on_demand else span.folder)
        if last is None and not on_demand and not self._counted_before(span.ends):
            # Steward was deployed after that month: the first statement is the next one's.
            return Made(key="", new=False)
        looked = self._look(now, span, last)
        book, looking = looked.book, looked.looking
        why_not, rehashed = list(looked.unread), 0
        if book is not None:
            rehashed, why = looking.at_bytes(self.hold_bucket, book)
            why_not += [why] if why else []
            looking.findings += book.findings
        # Before there is an envelope: until the queue has taken them, no run says that the month is done.
        after = None if on_demand else self._handing_over.begins_after(_folder(span.folder))
        if after is not None:
            self._hand_over(looked, span, after)
        holds = _holds(book, looking.findings, why_not, rehashed)
        document = self._document(span, now, looked.lines, holds, _disposals(book, looking.findings))
        document["propositions"] = propositions(looking.findings, looked.lines, holds)
        return self._publish(document, looking.findings, span, last)

    def _look(self, now: datetime, span: Span, last: Stored | None) -> _Looked:
        """Compare the register and the lists of every store, as they are now."""
        book, unread = self._book(now, span)
        looking = Looking(inventories=self.inventories, stores=self.stores, at=now, begins=span.begins)
        counted_from = _inventories_of(last)
        lines = [looking.at_records(rule, book, counted_from.get(rule.store, "")) for rule in self.rules]
        lines += [_being_adopted(rule) for rule in self.adopted]
        if book is not None:
            lines.append(looking.at_holds(self.hold_bucket, book, counted_from.get(HOLDS, "")))
        return _Looked(book, tuple(unread), looking, lines)

    @property
    def _handing_over(self) -> HandingOver:
        return HandingOver(clock=self.clock, shelf=self.shelf, looks=self.looks)

    def _hand_over(self, looked: _Looked, span: Span, after: str) -> None:
        """Let the doubtful contacts be looked at; where the register could not be read, the next run tries again."""
        if looked.book is not None:
            doubtful = looked.book.contacts if self.adopted else looked.looking.doubtful
            self._handing_over.hand_over(_folder(span.folder), doubtful, after)

    def tell(self, made: Made) -> None:
        """Tell the officer, in counts and where the page lies, and note that it was done: until then it is tried again.

        A note that could not be made after the mail makes a second mail. Raises AwsError.
        """
        envelope = self.shelf.read(made.key) if made.untold else None
        if envelope is None:
            return
        folder = made.key.rpartition("/")[0]
        stored = self.shelf.read(f"{folder}/{msgspec.json.decode(envelope.body, type=_Sealed).statement.name}")
        document = msgspec.json.decode(stored.body) if stored else None
        self.notices.tell(*_mail(made, document, folder))
        self.shelf.put(f"{folder}/{TOLD}", encode({"told_at": self.clock.now()}), "application/json")

    def _made_before(self, there: Stored) -> Made:
        """Return what came of an earlier run; of which nobody was told, with what it says."""
        if self.shelf.read(f"{there.key.rpartition('/')[0]}/{TOLD}") is not None:
            return Made(key=there.key, new=False)
        said = msgspec.json.decode(there.body, type=_Sealed)
        values = tuple(said.propositions.values())
        return Made(key=there.key, new=False, untold=True, exceptions=said.exceptions.count, values=values)

    def _counted_before(self, moment: datetime) -> bool:
        """Tell whether there was a store's inventory before that moment; what cannot be asked delays no statement."""
        buckets = [self.hold_bucket, *(rule.bucket for rule in self.rules)]
        try:
            return any(begun < moment for bucket in buckets for begun, _ in self.inventories.of(bucket))
        except AwsError:
            return True

    def _book(self, now: datetime, span: Span) -> tuple[Book | None, list[str]]:
        """Return what the register says, and why not all of it; none where it cannot be read at all."""
        book = Book(hold_bucket=self.hold_bucket, at=now, since=span.begins)
        unread = 0
        try:
            for row in self.registers.rows():
                if row is None:
                    unread += 1
                elif isinstance(row, Entry):
                    book.take_entry(row)
                else:
                    book.take_contact(row)
        except AwsError as problem:
            return None, [f"the register could not be read ({problem})"]
        return book, [f"{unread} rows of the register could not be read"] if unread else []

    def _document(
        self, span: Span, now: datetime, lines: Sequence[StoreLine], holds: HoldsLine, disposals: DisposalsLine
    ) -> dict[str, Any]:
        """Return the statement, still without its sentences and its list of exceptions."""
        return {
            "format": FORMAT,
            "council": self.about.council,
            "environment": self.about.environment,
            "period": {"name": span.folder, "from": span.begins, "to": span.ends},
            "made_at": now,
            "policy": {"version": self.about.policy_version, "sha256": self.about.policy_sha256},
            "propositions": {},
            "stores": list(lines),
            "holds": holds,
            "disposals": disposals,
            "not_covered": list(NOT_COVERED),
        }

    def _publish(self, document: dict[str, Any], findings: Sequence[Finding], span: Span, last: Stored | None) -> Made:
        listed = encode_findings(findings)
        exceptions = f"exceptions/{span.folder}/{_name('exceptions', listed)}.jsonl"
        document["exceptions"] = {"count": len(findings), "key": exceptions, "sha256": _digest(listed)}
        body = encode(document)
        page = statement_page(msgspec.json.decode(body))
        folder = _folder(span.folder)
        envelope = {
            "format": ENVELOPE,
            "council": self.about.council,
            "environment": self.about.environment,
            "period": span.folder,
            "made_at": document["made_at"].isoformat(),
            "policy_sha256": self.about.policy_sha256,
            "propositions": {name: said["value"] for name, said in document["propositions"].items()},
            "exceptions": {"count": len(findings), "sha256": _digest(listed)},
            "statement": {"name": f"{_name('statement', body)}.json", "sha256": _digest(body)},
            "page": {"name": f"{_name('statement', body)}.html", "sha256": _digest(page)},
            "inventories": {
                line.store: line.inventory.manifest for line in document["stores"] if line.inventory is not None
            },
            "previous": _link(last, span),
        }
        sealed, key = b"", f"{folder}/envelope.json"
        try:
            self.shelf.put_for_few(exceptions, listed)
            self.shelf.put(f"{folder}/{_name('statement', body)}.json", body, "application/json")
            self.shelf.put(f"{folder}/{_name('statement', body)}.html", page, "text/html; charset=utf-8")
            sealed = signed(envelope, self.signer)
            new = self.shelf.seal(key, sealed)
        except AwsError as problem:
            raise NotSealed(f"the statement of {span.folder} is a draft: {problem}") from problem
        values = tuple(said["value"] for said in document["propositions"].values())
        return Made(key=key, new=new, untold=new, exceptions=len(findings), values=values)


def _mail(made: Made, document: dict[str, Any] | None, folder: str) -> tuple[str, list[str]]:
    """Return the subject and the lines: what each sentence comes to, why, and where the page lies."""
    verdict = (
        "all shown" if not (made.untrue or made.not_shown) else f"{made.untrue} not true, {made.not_shown} not shown"
    )
    said = document["propositions"] if document else {}
    lines = [f"{name.replace('_', ' ')}: {str(one['value']).lower().replace('_', ' ')}" for name, one in said.items()]
    lines += [f"- {why}" for one in said.values() for why in one["because"]]
    lines += [f"Exceptions: {made.exceptions}.", f"The page lies in the evidence store under {folder}/."]
    return f"Retention statement {folder.removeprefix('statements/')}: {verdict}", lines


def _holds(book: Book | None, findings: Sequence[Finding], not_shown: Sequence[str], rehashed: int) -> HoldsLine:
    if book is None:
        return HoldsLine(not_shown=tuple(not_shown))
    kinds = numbers(findings)
    return HoldsLine(
        not_shown=tuple(not_shown),
        cases=len(book.cases),
        contacts=len(book.contacts),
        artefacts=len(book.expected),
        whole=book.whole,
        partial=kinds[Kind.HOLD_PARTIAL],
        broken=kinds[Kind.HOLD_BROKEN],
        orphans=kinds[Kind.ORPHAN],
        sample_rehashed=rehashed,
    )


def _being_adopted(rule: Rule) -> StoreLine:
    return StoreLine(
        store=rule.store,
        bucket=rule.bucket,
        period_months=rule.months,
        lifecycle_days=rule.days,
        not_shown=(BEING_ADOPTED,),
        disposals_not_shown=(BEING_ADOPTED,),
    )


def _disposals(book: Book | None, findings: Sequence[Finding]) -> DisposalsLine:
    kinds = numbers(findings)
    return DisposalsLine(
        announced=book.announced if book else 0,
        confirmed=book.confirmed if book else 0,
        unconfirmed=kinds[Kind.UNCONFIRMED],
        unannounced=kinds[Kind.UNANNOUNCED],
    )


class _Counted(msgspec.Struct, frozen=True):
    inventories: dict[str, str]


class _Named(msgspec.Struct, frozen=True):
    name: str


class _Exceptions(msgspec.Struct, frozen=True):
    count: int


class _Sealed(msgspec.Struct, frozen=True):
    """As much of an envelope as a mail says."""

    propositions: dict[str, bool | str]
    exceptions: _Exceptions
    statement: _Named


def _inventories_of(last: Stored | None) -> dict[str, str]:
    """Return the inventories on which the last statement was based; none before the first."""
    if last is None:
        return {}
    try:
        return msgspec.json.decode(last.body, type=_Counted).inventories
    except msgspec.DecodeError:
        return {}


def _link(last: Stored | None, span: Span) -> dict[str, str] | None:
    """Return the link to the envelope before: its key and digest, and why it is not that of the month before."""
    if last is None:
        return None
    link = {"key": last.key, "sha256": _digest(last.body)}
    before = f"{add_months(london_date(span.begins), -1):%Y-%m}"
    if not span.folder.startswith(ON_DEMAND) and f"statements/{before}/" not in last.key:
        return {**link, "gap": f"there is no statement of {before}"}
    return link


def _folder(period: str) -> str:
    return f"statements/{period}"


def _name(kind: str, body: bytes) -> str:
    return f"{kind}-{_digest(body)[:12]}"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
