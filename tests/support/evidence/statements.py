"""Statements of months, signed and laid out as the evidence store has them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from steward.evidence.signatures import signed
from tests.support.signing import DeskSigner

SENTENCES: dict[str, Any] = {"nothing_older": True, "holds_whole": False, "disposals_proven": "not_shown"}


def write_month(
    folder: Path,
    month: str,
    signer: DeskSigner,
    *,
    before: str | None = None,
    **changes: Any,  # noqa: ANN401 - fields of the envelope by name
) -> Path:
    """Write a month's statement into its own folder, after the month ``before``; return its envelope."""
    own = folder / month
    own.mkdir(parents=True)
    page, numbers = f"<p>{month}".encode(), f'{{"of": "{month}"}}'.encode()
    (own / "statement-1.html").write_bytes(page)
    (own / "statement-1.json").write_bytes(numbers)
    link = None
    if before is not None:
        digest = hashlib.sha256((folder / before / "envelope.json").read_bytes()).hexdigest()
        link = {"key": f"statements/{before}/envelope.json", "sha256": digest}
    said: dict[str, Any] = {
        "format": "steward-statement-envelope/1",
        "council": "London Borough of Barnet",
        "environment": "local",
        "period": month,
        "made_at": f"{month}-28T06:00:00+00:00",
        "propositions": SENTENCES,
        "statement": {"name": "statement-1.json", "sha256": hashlib.sha256(numbers).hexdigest()},
        "page": {"name": "statement-1.html", "sha256": hashlib.sha256(page).hexdigest()},
        "exceptions": {"count": 0, "sha256": hashlib.sha256(b"").hexdigest()},
        "previous": link,
    }
    envelope = own / "envelope.json"
    envelope.write_bytes(signed({**said, **changes}, signer))
    return envelope
