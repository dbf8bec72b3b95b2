"""Reads the deployed register of holds as it stands, outside any function: nothing is counted, no fault is met."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.dynamodb.every_row import every_row
from simulator.scenarios.results.shapes import HeldArtefact, HoldState, MissingArtefact
from steward.aws.rows import Row
from steward.clock import LONDON
from steward.holds.adapters import rows
from steward.holds.register import ContactHolds, Hold
from steward.ids import ContactId

TABLE = "RegisterTable"
"""The register's logical id in the templates."""


@dataclass(frozen=True)
class Register:
    """The holds by case and contact, and the ledger's causes by bucket, key and version."""

    holds: list[HoldState] = field(default_factory=list)
    causes: dict[tuple[str, str, str], str] = field(default_factory=dict)


def read_register(world: EmbeddedAws) -> Register:
    """Return everything that the deployed register says."""
    table = world.names.tables.get(TABLE)
    if table is None:
        return Register()
    contacts: defaultdict[str, list[Row]] = defaultdict(list)
    causes: dict[tuple[str, str, str], str] = {}
    for row in every_row(table, account=world.account, region=world.region):
        kind, _, name = row["pk"]["S"].partition("#")
        if kind == "CONTACT":
            contacts[name].append(row)
        elif kind == "DISPOSAL":
            entry = rows.read_disposal(row)
            causes[entry.bucket, entry.key, entry.version_id] = entry.cause
    files = [rows.read_file(ContactId(name), found) for name, found in contacts.items()]
    now = world.clock.now()
    holds = [_state(hold, file, now) for file in files for hold in file.holds]
    return Register(sorted(holds, key=lambda hold: (hold.case, hold.contact_id)), causes)


def _state(hold: Hold, file: ContactHolds, now: datetime) -> HoldState:
    earliest = hold.hold_until.astimezone(LONDON)
    return HoldState(
        case=hold.case,
        reason=hold.reason,
        stage=hold.stage,
        contact_id=hold.contact_id,
        status=hold.status,
        received_on=hold.received_on,
        received_on_assumed=hold.received_on_assumed,
        # What is held until its case is closed has no end; a date that it will not end before is worth saying.
        hold_until=None if hold.open_ended and earliest <= now else earliest,
        open_ended=hold.open_ended,
        artefacts=sorted(
            (
                HeldArtefact(
                    record_class=artefact.record_class,
                    source_key=artefact.source_key,
                    hold_key=artefact.hold_key,
                    sha256=artefact.sha256,
                    bytes=artefact.bytes,
                )
                for artefact in file.artefacts
            ),
            key=lambda artefact: artefact.hold_key,
        ),
        missing=sorted(
            (
                MissingArtefact(
                    record_class=missing.record_class, source_key=missing.source_key or None, why=missing.why
                )
                for missing in hold.missing
            ),
            key=lambda missing: (missing.record_class, missing.source_key or "", missing.why),
        ),
        requested_by=hold.requested_by or None,
    )
