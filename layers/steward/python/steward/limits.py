"""How much is read of a file that somebody else may have made, in one place: bytes, and how deep it may be nested.

What is larger or deeper was made by nobody who means it, and is one clear line; the figures leave real files ten times
their size. Together they keep a command within 10 seconds and 1 GB (``tests/cli/test_limits.py``). The one compressed
file of others that is read, the contact records that Firehose packs, is unpacked as far as Firehose can have packed it
(``steward.rights.adapters.records``). The flow lint, which imports nothing of the rest, has its own figures:
``flowlint/reading/limits.py``.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many bytes, and so many objects, tables and lists within one another."""

    bytes: int
    levels: int


SETTINGS: Final = Limit(bytes=256 * 1024, levels=16)
"""A policy, a notice, an environment file: TOML. The longest published policy has 20,000 bytes and five levels."""

CONTEXT: Final = Limit(bytes=1024 * 1024, levels=32)
"""``cdk.json``."""

BUCKET_POLICY: Final = Limit(bytes=20 * 1024, levels=16)
"""The policy of a bucket: S3 takes no more (Amazon S3 user guide, "Bucket policies")."""

CONTACTS: Final = Limit(bytes=4_000_000, levels=0)
"""A list of contacts: 100,000 of them."""

SCENARIO: Final = Limit(bytes=16 * 1024 * 1024, levels=64)
"""A scenario; a line of it may be as large as a policy."""

MANIFEST: Final = Limit(bytes=4 * 1024 * 1024, levels=16)
"""A manifest of held copies: a contact with 10,000 of them."""

ENVELOPE: Final = Limit(bytes=256 * 1024, levels=16)
"""The envelope of a month's statement: it has some two thousand bytes."""

STATED: Final = Limit(bytes=2 * 1024**3, levels=0)
"""What an envelope signs for: a line for each of five million exceptions."""

PACKED: Final = Limit(bytes=64 * 1024**2, levels=0)
"""A file of a statement that goes into a pack: its page and its numbers, which do not grow with what is held."""

PACK: Final = Limit(bytes=32 * 1024**2, levels=0)
"""An accountability pack: twelve statements and some pages, packed, have less than three megabytes."""

UNPACKED: Final = Limit(bytes=256 * 1024**2, levels=0)
"""What comes out of it, all together."""

DRIFT: Final = Limit(bytes=4 * 1024**2, levels=16)
"""A comparison: 10,000 differences."""

INTAKE: Final = Limit(bytes=64 * 1024, levels=4)
"""What a request names a person by: 50 identifiers."""

FORM: Final = Limit(bytes=64 * 1024**2, levels=0)
"""A signed form, scanned page by page."""

PUBLIC_KEY: Final = Limit(bytes=16 * 1024, levels=0)
"""A public key in PEM: one of P-256 has 178 bytes."""


_CHUNK: Final = 1024 * 1024


class OverLimit(ValueError):
    """Too large or too deep; the message says what, and how much it may be."""


def read(path: Path, limit: Limit) -> bytes:
    """Return a file's bytes, never more than the limit; raise ``OverLimit``, and OSError where it cannot be read.

    Its size is not asked first: a pipe or a device has none.
    """
    with path.open("rb") as opened:
        content = opened.read(limit.bytes + 1)
    if len(content) > limit.bytes:
        raise OverLimit(f"is larger than {limit.bytes} bytes")
    return content


def digest(path: Path, limit: Limit) -> str:
    """Return the SHA-256 digest of an ordinary file, in hex, with no more than a part of it in memory.

    Raises ``OverLimit`` for a link, a pipe or a device, whose name somebody else may have chosen and which may have no
    end, and for what is larger than the limit; OSError where it cannot be read.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OverLimit("is no ordinary file")
    found, read_so_far = hashlib.sha256(), 0
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            read_so_far += len(chunk)
            if read_so_far > limit.bytes:
                raise OverLimit(f"is larger than {limit.bytes} bytes")
            found.update(chunk)
    return found.hexdigest()


def check_depth(found: object, limit: Limit) -> None:
    """Raise ``OverLimit`` where dictionaries and lists lie deeper within one another."""
    level = [found]
    for _ in range(limit.levels):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [value for values in inner for value in values]
    if any(isinstance(one, dict | list) for one in level):
        raise OverLimit(f"is nested deeper than {limit.levels} tables and lists")
