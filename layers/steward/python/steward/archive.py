"""Archives that are handed to people: files in a ZIP, the list of them, and tables for a spreadsheet. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from steward.ids import Sha256
from steward.plain import cell

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file: the format knows no earlier one."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file of an archive."""

    name: str
    content: bytes

    @property
    def sha256(self) -> Sha256:
        """The digest of its bytes."""
        return Sha256(hashlib.sha256(self.content).hexdigest())


def write_archive(out: io.RawIOBase | io.BytesIO, entries: Iterable[Entry]) -> None:
    """Write the entries as one archive, each as it comes; the same entries make the same bytes."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(_named(entry.name), entry.content)


def manifest(about: Mapping[str, Any], entries: Iterable[Entry]) -> Entry:
    """Return the list of the entries with their digests and sizes in bytes, after what it is about."""
    listed = [{"name": one.name, "sha256": one.sha256, "bytes": len(one.content)} for one in entries]
    content = json.dumps({**about, "files": listed}, indent=1, ensure_ascii=False)
    return Entry(name="manifest.json", content=content.encode())


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows for a spreadsheet: in UTF-8, marked as such, and with no text that it takes for a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([one if isinstance(one, int) else cell(one) for one in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EARLIEST)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
