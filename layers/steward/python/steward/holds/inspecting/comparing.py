"""Comparing: a copy with what was read of its original, a version in the store with a copy that is held."""

from __future__ import annotations

from steward.holds.discovery import Location
from steward.holds.manifests import composite
from steward.holds.ports import Content, Copy, StoredVersion
from steward.holds.register import HeldArtefact


class Mismatch(Exception):
    """A copy whose size or digest is not its original's."""


def same(copy: Copy, content: Content) -> bool:
    """Return whether S3's own digest of the copy is that of the original as it was read through, and so the length."""
    if copy.bytes is not None and copy.bytes != content.bytes:
        return False
    if copy.sha256 is not None:
        return copy.sha256 == content.sha256
    return bool(content.parts) and copy.parts_sha256 == composite(content.parts)


def is_of(version: StoredVersion, artefact: HeldArtefact) -> bool:
    """Return whether a copy was made of that version. Without version ids, one stored after the copy is another."""
    if version.version_id:
        return artefact.source_version == version.version_id
    return version.stored_at <= artefact.held_at


def place_of(artefact: HeldArtefact) -> Location:
    """Return where a copy's original is, or was."""
    return Location(record_class=artefact.record_class, bucket=artefact.source_bucket, key=artefact.source_key)
