"""The statement as a document: the three sentences, the numbers behind them, and what they do not cover. Pure.

``steward-statement/1``. Counts, dates, names of stores and digests; nothing about a person, a contact or a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from steward.evidence.statement.counting import Finding, Kind, numbers

FORMAT: Final = "steward-statement/1"
ENVELOPE: Final = "steward-statement-envelope/1"
NOT_SHOWN: Final = "not_shown"

_ABOUT: Final = {
    "nothing_older": {Kind.OVERDUE, Kind.RESTARTED, Kind.HELD_UNEXPLAINED, Kind.UPLOAD, Kind.NOT_ENFORCED},
    "holds_whole": {Kind.HOLD_BROKEN, Kind.HOLD_PARTIAL, Kind.ORPHAN},
    "disposals_proven": {Kind.LEFT_EARLY, Kind.UNCONFIRMED, Kind.UNANNOUNCED},
}
"""Which exceptions make which sentence false."""

SAID: Final = {
    Kind.OVERDUE: ("object is older than the policy", "objects are older than the policy"),
    Kind.RESTARTED: (
        "object was written anew after it was made, and S3 counts its age from then",
        "objects were written anew after they were made, and S3 counts their age from then",
    ),
    Kind.HELD_UNEXPLAINED: (
        "object is locked, and no hold on the register says why",
        "objects are locked, and no hold on the register says why",
    ),
    Kind.UPLOAD: ("upload was begun and never ended", "uploads were begun and never ended"),
    Kind.NOT_ENFORCED: ("store does not let go what is due", "stores do not let go what is due"),
    Kind.HOLD_BROKEN: (
        "held copy is gone, changed or without its lock",
        "held copies are gone, changed or without their lock",
    ),
    Kind.HOLD_PARTIAL: (
        "hold lacks something that it should keep",
        "holds lack something that they should keep",
    ),
    Kind.ORPHAN: (
        "object in the hold bucket is not on the register",
        "objects in the hold bucket are not on the register",
    ),
    Kind.LEFT_EARLY: (
        "object left before its day, and nothing announced it",
        "objects left before their day, and nothing announced it",
    ),
    Kind.UNCONFIRMED: (
        "deletion was announced and S3 has not confirmed it",
        "deletions were announced and S3 has not confirmed them",
    ),
    Kind.UNANNOUNCED: ("held copy was deleted unannounced", "held copies were deleted unannounced"),
}
"""What the statement says of each kind of exception, of one and of several."""

NOT_COVERED: Final = (
    "Amazon Connect's own records of contacts, which AWS keeps for 24 months",
    "copies that somebody downloaded, or that other systems took over",
    "what came and left between two counts without being in either",
    "rows of tables: texts, consents, decisions and the registers themselves",
    "what is kept of requests of people about their data; the register of requests tells of it",
    "whether an application left before its day: the nightly run removes it by a register of its own",
    "whether the deployed configuration and the contact flows are still what was deployed",
)
"""What no statement of this form says anything about."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An inventory: where its manifest lies, the digest of the manifest, and when the scan began."""

    manifest: str
    sha256: str
    scanned_from: datetime


class StoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One store. Where ``not_shown`` gives reasons, the numbers that are there are not the whole; absent ones unknown.

    ``bytes`` are bytes; everything else counts object versions. ``within``, ``in_grace``, ``overdue``, ``noncurrent``,
    ``held`` and ``held_unexplained`` make up ``versions``. ``versions_before`` + ``arrived`` - ``left`` = what the
    inventory lists.
    """

    store: str
    bucket: str
    period_months: int | None = None
    lifecycle_days: int | None = None
    not_shown: tuple[str, ...] = ()
    disposals_not_shown: tuple[str, ...] = ()
    inventory: Taken | None = None
    inventory_before: Taken | None = None
    versions: int | None = None
    bytes: int | None = None
    within: int | None = None
    in_grace: int | None = None
    overdue: int | None = None
    noncurrent: int | None = None
    held: int | None = None
    held_unexplained: int | None = None
    restarted_age: int | None = None
    markers: int | None = None
    unfinished_uploads: int | None = None
    oldest: datetime | None = None
    versions_before: int | None = None
    arrived: int | None = None
    left: int | None = None
    left_early: int | None = None


class HoldsLine(msgspec.Struct, frozen=True, kw_only=True):
    """The holds in force: what the register says, and how many copies' bytes were read and hashed this time."""

    not_shown: tuple[str, ...] = ()
    cases: int = 0
    contacts: int = 0
    artefacts: int = 0
    whole: int = 0
    partial: int = 0
    broken: int = 0
    orphans: int = 0
    sample_rehashed: int = 0


class DisposalsLine(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the disposal ledger in the period."""

    announced: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    unannounced: int = 0


def propositions(
    findings: Iterable[Finding], stores: Sequence[StoreLine], holds: HoldsLine
) -> dict[str, dict[str, Any]]:
    """Return each of the three sentences with its value, true, false or ``not_shown``, and the reasons.

    A known exception makes a sentence false, whatever else could not be looked at; what could not be looked at never
    makes it true.
    """
    kinds = numbers(findings)
    gaps = {
        "nothing_older": [*_gaps(stores, "not_shown", records=True), *holds.not_shown],
        "holds_whole": [*_gaps(stores, "not_shown", records=False), *holds.not_shown],
        "disposals_proven": [*_gaps(stores, "disposals_not_shown", records=None), *holds.not_shown],
    }
    found = {}
    for sentence, about in _ABOUT.items():
        wrong = [f"{kinds[kind]} {SAID[kind][kinds[kind] > 1]}" for kind in Kind if kind in about and kinds[kind]]
        unseen = list(dict.fromkeys(gaps[sentence]))
        value: bool | str = False if wrong else (NOT_SHOWN if unseen else True)
        found[sentence] = {"value": value, "because": [*wrong, *unseen]}
    return found


def _gaps(stores: Sequence[StoreLine], name: str, *, records: bool | None) -> list[str]:
    return [
        f"{one.store}: {why}"
        for one in stores
        if records is None or records is (one.period_months is not None)
        for why in getattr(one, name)
    ]


def encode(document: object) -> bytes:
    """Return a document as people can read it too; the same facts give the same bytes."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def encode_findings(findings: Iterable[Finding]) -> bytes:
    """Return a line of JSON for each exception, in a fixed order."""
    ordered = sorted(findings, key=lambda one: (one.store, one.kind, one.key, one.version_id, one.case))
    return b"".join(msgspec.json.encode(one) + b"\n" for one in ordered)
