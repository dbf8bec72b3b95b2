"""Reads the deployed register of holds as it stands, outside any function: nothing is counted, no fault is met."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from simulator.aws.account.account import EmbeddedAws
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
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for row in page["Items"]:
            kind, _, name = row["pk"]["S"].partition("#")
            if kind == "CONTACT":
                contacts[name].append(row)
            elif kind == "DISPOSAL":
                entry = rows.read_disposal(row)
                causes[entry.bucket, entry.key, entry.version_id] = entry.cause
    files = [rows.read_file(ContactId(name), found) for name, found in contacts.items()]
    holds = [_state(hold, file) for file in files for hold in file.holds]
    return Register(sorted(holds, key=lambda hold: (hold.case, hold.contact_id)), causes)


def _state(hold: Hold, file: ContactHolds) -> HoldState:
    return HoldState(
        case=hold.case,
        reason=hold.reason,
        stage=hold.stage,
        contact_id=hold.contact_id,
        status=hold.status,
        received_on=hold.received_on,
        received_on_assumed=hold.received_on_assumed,
        hold_until=hold.hold_until.astimezone(LONDON),
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
