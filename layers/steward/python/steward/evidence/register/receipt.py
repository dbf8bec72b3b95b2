"""What the register says of one case, for the file of whoever answers it. Pure.

``steward-receipt/1``. It names the case, its contacts and files, and whoever asked for the hold; nothing of a caller.
Another case that holds the same contact is not named, though its lock may be the longer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import msgspec

from steward.clock import LONDON
from steward.holds.register import ContactHolds, HeldArtefact, Hold, HoldStatus, MissingArtefact
from steward.ids import CaseRef
from steward.policy.holds import Stage
from steward.rights.html import facts, listed, page, text, verdict

FORMAT: Final = "steward-receipt/1"


class UnknownCase(Exception):
    """The register has no hold of that case."""


class ReceiptFile(msgspec.Struct, frozen=True, kw_only=True):
    """One copy: its place in the hold bucket, size in bytes, SHA-256 digest, and the lock as it was last applied.

    ``undated`` says that it is also under a hold without an end. ``gone_at`` and ``gone_why`` are of a copy that is
    not there any more.
    """

    record_class: str
    key: str
    version_id: str
    bytes: int
    sha256: str
    held_at: datetime
    locked_until: datetime | None
    undated: bool
    gone_at: datetime | None = None
    gone_why: str = ""

    @property
    def is_there(self) -> bool:
        """Whether the register expects it in the hold bucket."""
        return self.gone_at is None and not self.gone_why


class ReceiptMissing(msgspec.Struct, frozen=True, kw_only=True):
    """What ought to be held and is not; ``source_key`` is empty where nobody knows the object's name."""

    record_class: str
    source_key: str
    why: str


class ReceiptContact(msgspec.Struct, frozen=True, kw_only=True):
    """The case's hold on one contact. ``until`` is none while the case is open and its hold has no end."""

    contact_id: str
    status: str
    reason: str
    stage: str
    received_on: date
    received_on_assumed: bool
    asked_for_at: datetime
    asked_for_by: str
    until: datetime | None
    inspected: bool
    leaves_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    ended_why: str
    files: tuple[ReceiptFile, ...]
    missing: tuple[ReceiptMissing, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything that was to be held is, or was until the hold ended."""
        return not self.missing and (self.status == HoldStatus.HELD or self.ended_at is not None)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the register has it at ``at``. ``unread`` contacts have rows of another form, and are only counted."""

    format: str
    council: str
    environment: str
    case: str
    at: datetime
    contacts: tuple[ReceiptContact, ...]
    unread: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing of any contact, and all of it could be read."""
        return not self.unread and all(one.is_whole for one in self.contacts)

    @property
    def files(self) -> int:
        """How many copies the register expects in the hold bucket."""
        return sum(file.is_there for one in self.contacts for file in one.files)

    @property
    def missing(self) -> int:
        """How much of what ought to be held is not."""
        return sum(len(one.missing) for one in self.contacts)


def receipt(
    case: CaseRef,
    files: Iterable[ContactHolds],
    *,
    council: str,
    environment: str,
    at: datetime,
    unread: int = 0,
) -> Receipt:
    """Return the receipt of a case from the files of its contacts.

    Raises ``UnknownCase`` where none of them has a hold of that case and nothing was unreadable.
    """
    found = [(file, hold) for file in files if (hold := file.hold_of(case)) is not None]
    if not found and not unread:
        raise UnknownCase(f"the register has no hold of the case {case}")
    spelt = next((hold.case for _, hold in found), case)
    return Receipt(
        format=FORMAT,
        council=council,
        environment=environment,
        case=spelt,
        at=at,
        contacts=tuple(_contact(file, hold) for file, hold in sorted(found, key=lambda one: one[0].contact_id)),
        unread=unread,
    )


def _contact(file: ContactHolds, hold: Hold) -> ReceiptContact:
    note = hold.release
    return ReceiptContact(
        contact_id=hold.contact_id,
        status=hold.status,
        reason=hold.reason,
        stage=hold.stage,
        received_on=hold.received_on,
        received_on_assumed=hold.received_on_assumed,
        asked_for_at=hold.placed_at,
        asked_for_by=hold.requested_by,
        until=None if hold.open_ended else hold.hold_until,
        inspected=hold.inspected,
        leaves_at=hold.leaves_at,
        ended_at=note.at if note else None,
        ended_by=" and ".join(one for one in (note.by, note.approved_by) if one) if note else "",
        ended_why=note.why if note else "",
        files=tuple(
            _file(one)
            for one in sorted(file.artefacts, key=lambda one: (one.record_class, one.hold_key))
            # What was copied after this case's hold ended is another case's.
            if note is None or one.held_at <= note.at
        ),
        missing=tuple(_missing(one) for one in hold.missing),
    )


def _file(one: HeldArtefact) -> ReceiptFile:
    return ReceiptFile(
        record_class=one.record_class,
        key=one.hold_key,
        version_id=one.hold_version,
        bytes=one.bytes,
        sha256=one.sha256,
        held_at=one.held_at,
        locked_until=one.retain_until,
        undated=one.legal_hold,
        gone_at=one.disposed_at,
        gone_why=one.removed_why,
    )


def _missing(one: MissingArtefact) -> ReceiptMissing:
    return ReceiptMissing(record_class=one.record_class, source_key=one.source_key, why=one.why)


def receipt_page(said: Receipt) -> bytes:
    """Return it as a page to be printed and filed."""
    body = [
        (
            f"<p><strong>{text(said.council)}</strong>, environment {text(said.environment)}. "
            f"As the register has it {_moment(said.at)}.</p>"
        ),
        verdict(*_verdict(said)),
    ]
    for one in said.contacts:
        body += [f"<h2>Contact {text(one.contact_id)}</h2>", facts(_about(one))]
        if one.missing:
            body += ["<h3>Missing</h3>", listed(_said_of(gap) for gap in one.missing)]
        body.append(f"<h3>Files: {len(one.files)}</h3>")
        for number, file in enumerate(one.files, 1):
            body += [
                f"<h4>{number} of {len(one.files)}: {text(_plain(file.record_class))}</h4>",
                facts(_about_file(file)),
            ]
    body += [
        "<h2>What this is</h2>",
        (
            "<p>What steward's register says. Whether the files are there as it says is compared every month with what "
            "Amazon S3 lists, in the statement; <code>steward verify-evidence</code> compares copies that were handed "
            "over with these digests.</p>"
        ),
    ]
    return page(f"Receipt for case {said.case}", body)


def receipt_text(said: Receipt) -> str:
    """Return it as lines for a terminal."""
    head, rest = _verdict(said)
    lines = [f"{said.case}: {head} {rest[0]}", *rest[1:]]
    for one in said.contacts:
        lines += ["", f"contact {one.contact_id}", *(f"  {name}: {value}" for name, value in _about(one))]
        lines += [f"  missing: {_said_of(gap)}" for gap in one.missing]
        for file in one.files:
            lines.append(f"  file: {file.key}")
            lines += [f"    {name}: {value}" for name, value in _about_file(file)[1:]]
    return "\n".join(lines)


def _verdict(said: Receipt) -> tuple[str, list[str]]:
    """Return whether everything is held, and what is to be said of it."""
    counts = f"{_counted(len(said.contacts), 'contact')}, {_counted(said.files, 'file')} held."
    unread = [f"{_counted(said.unread, 'contact')} could not be read: operations have to look."] if said.unread else []
    if said.is_whole:
        return "✓ Nothing is missing.", [counts]
    waiting = [f"{one.contact_id} was not looked at yet" for one in said.contacts if not one.inspected]
    if not said.missing and not unread and waiting:
        return "? Not everything was looked at yet.", [counts, *waiting]
    nothing = [
        f"{one.contact_id}: {_plain(one.status)}"
        for one in said.contacts
        if one.inspected and not one.is_whole and not one.missing
    ]
    return "✗ Not everything is held.", [f"{counts} Missing: {said.missing}.", *unread, *nothing, *waiting]


def _about(one: ReceiptContact) -> list[tuple[str, str]]:
    received = f"{_day(one.received_on)}{' (assumed)' if one.received_on_assumed else ''}"
    found = [
        ("State", _plain(one.status) if one.inspected else "asked for, and not looked at yet"),
        ("Reason", f"{_plain(one.reason)}, {stage(one.stage)}, received on {received}"),
        ("Asked for", f"{_moment(one.asked_for_at)} by {one.asked_for_by or 'nobody who is named'}"),
        ("Held until", _moment(one.until) if one.until else "its case ends"),
    ]
    if one.leaves_at is not None:
        found.append(("Agreed to be released", _moment(one.leaves_at)))
    if one.ended_at is not None:
        by = f", by {one.ended_by}" if one.ended_by else ""
        found.append(("Ended", f"{_moment(one.ended_at)}{by}: {one.ended_why or 'its end had come'}"))
    return found


def _about_file(one: ReceiptFile) -> list[tuple[str, str]]:
    if one.is_there:
        until = _moment(one.locked_until) if one.locked_until else "no date"
        lock = f"{until}{', and without an end' if one.undated else ''}"
    else:
        when = f" {_moment(one.gone_at)}" if one.gone_at else ""
        lock = f"is not there any more: {one.gone_why or 'disposed of'}{when}"
    return [
        ("File", one.key),
        ("Version", one.version_id),
        ("Size", f"{one.bytes:,} bytes"),
        ("SHA-256", one.sha256),
        ("Copied", _moment(one.held_at)),
        ("Locked until", lock),
    ]


def _said_of(gap: ReceiptMissing) -> str:
    named = f" ({gap.source_key})" if gap.source_key else ""
    return f"{_plain(gap.record_class)}{named}: {gap.why}"


def stage(of: str) -> str:
    """Return a stage of a complaint as people say it."""
    return of if of == Stage.OMBUDSMAN else f"stage {of}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
