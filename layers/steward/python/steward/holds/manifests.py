"""The manifest: one document for each hold, which says what is held, since when, for whom, and what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from steward.clock import LONDON
from steward.holds.register import ContactHolds, Hold
from steward.ids import Sha256

FORMAT = "steward-hold-manifest/2"
UNSIGNED_FORMAT = "steward-hold-manifest/1"
"""What manifests were before they were signed; an inspection writes them anew."""


def manifest_key(hold: Hold) -> str:
    """Return the manifest's key in the hold bucket, relative to nothing: beside the contact's artefacts."""
    return f"{hold.contact_id}/manifests/{manifest_name(hold.case)}"


def manifest_name(case: str) -> str:
    """Return the name of a case's manifest, in which whatever is no letter, digit, - _ or . stands as its number."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else f"={ord(letter):02X}" for letter in case)
    return f"{name}.json"


def manifest(file: ContactHolds, hold: Hold) -> Mapping[str, Any]:
    """Return the manifest of that hold, still to be signed. The same facts give the same document.

    Whoever receives it reads no end there while the case is open: ``hold_until`` is null then.
    """
    return {
        "format": FORMAT,
        "case": hold.case,
        "contact_id": hold.contact_id,
        "reason": hold.reason,
        "stage": hold.stage,
        "received_on": hold.received_on.isoformat(),
        "received_on_assumed": hold.received_on_assumed,
        "hold_until": None if hold.open_ended else _london(hold.hold_until),
        "open_ended": hold.open_ended,
        "requested_by": hold.requested_by,
        "signal": hold.signal,
        "placed_at": hold.placed_at.isoformat(),
        "policy_version": hold.policy_version,
        "artefacts": [
            {
                "record_class": artefact.record_class,
                "source": {
                    "bucket": artefact.source_bucket,
                    "key": artefact.source_key,
                    "version_id": artefact.source_version,
                },
                "hold_key": artefact.hold_key,
                "hold_version": artefact.hold_version,
                "sha256": artefact.sha256,
                "bytes": artefact.bytes,
                "held_at": artefact.held_at.isoformat(),
            }
            for artefact in sorted(file.present, key=lambda artefact: artefact.hold_key)
        ],
        "missing": [
            {"record_class": missing.record_class, "source_key": missing.source_key, "why": missing.why}
            for missing in hold.missing
        ],
    }


def digest(body: bytes) -> Sha256:
    """Return the SHA-256 digest of that body."""
    return Sha256(hashlib.sha256(body).hexdigest())


def composite(parts: Sequence[Sha256]) -> Sha256:
    """Return the digest over the digests of parts, as S3 states it of what was uploaded in parts.

    Source: Amazon S3 user guide, "Checking object integrity", composite checksums.
    """
    return Sha256(hashlib.sha256(b"".join(bytes.fromhex(part) for part in parts)).hexdigest())


def _london(moment: datetime) -> str:
    return moment.astimezone(LONDON).isoformat()
