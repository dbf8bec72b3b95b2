"""Confirmations of removals, as S3 itself gives them: entered in the ledger, and told where nothing announced them.

Every removal of steward's own stands in the ledger before its first delete, break-glass's too. One that does not is
that of somebody who could do it all the same; or the confirmation is forged, which shows where the version is there
still; or the entry is, which shows where nothing explains its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.holds.removing.explaining import Entry, Files
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A version of which S3 says that it is gone for good."""

    stored: StoredObject
    version_id: str
    at: datetime


class Ledger(Protocol):
    """The disposal ledger. Raises ``steward.failures``."""

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> Entry | None:
        """Note the confirmation; return what the ledger said before, none where somebody was told of it already."""

    def note_told(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        """Note that somebody was told."""


class Buckets(Protocol):
    """What is there now. Raises ``steward.failures``."""

    def held(self, bucket: str, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        """Return key and id of every version and delete marker that the bucket has below the contact's id."""


class Notices(Protocol):
    """The data protection officer."""

    def unannounced(self, gone: Sequence[Removed], there: Sequence[Removed]) -> None:
        """Tell of versions that went without an entry, and of such that are there although they are said to be gone."""

    def unexplained(self, gone: Sequence[Removed]) -> None:
        """Tell of versions that went for a cause that nothing explains."""


class Looks(Protocol):
    """The hold queue. Raises ``steward.failures``."""

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be inspected wholly: what is gone is copied again, or told as missing."""


@dataclass(frozen=True)
class Confirming:
    """Takes confirmations. May be repeated, and may die after any call."""

    ledger: Ledger
    buckets: Buckets
    notices: Notices
    looks: Looks
    files: Files
    explains: Callable[[str, Entry, datetime], bool]
    """Tells of a key of the hold bucket whether what the ledger said is explained, at the moment at which it went."""

    def confirm(self, removals: Iterable[Removed]) -> int:
        """Enter them; tell once, for all of them, of those that nothing announced or explains; return how many.

        What is there still is never entered as gone, whether it was announced or not: that confirmation is false.
        """
        said = list(removals)
        there = [one for one in said if (one.stored.key, one.version_id) in self._left_beside(one.stored)]
        entries = [(one, entry) for one in said if one not in there and (entry := self._entered(one)) is not None]
        gone = [one for one, entry in entries if entry.planned_at is None]
        unexplained = [
            one
            for one, entry in entries
            if entry.planned_at is not None and not self.explains(one.stored.key, entry, one.at)
        ]
        if gone or there:
            self.notices.unannounced(gone, there)
        if unexplained:
            self.notices.unexplained(unexplained)
        # Noted last: whoever died before is followed by one who tells and asks again.
        self._look_again([*gone, *unexplained])
        self._note([*gone, *unexplained])
        return len(gone) + len(there) + len(unexplained)

    def _left_beside(self, stored: StoredObject) -> tuple[tuple[str, str], ...]:
        """Return what is left of the same contact, whose versions mostly go together."""
        return self.buckets.held(stored.bucket, ContactId(stored.key.partition("/")[0]))

    def _look_again(self, told: Iterable[Removed]) -> None:
        """Let those be looked at whose holds are in force; a key may name anybody."""
        named = sorted({ContactId(one.stored.key.partition("/")[0]) for one in told})
        if held := [one for one in named if self.files.file(one).active]:
            self.looks.reinspect(held)

    def _entered(self, one: Removed) -> Entry | None:
        return self.ledger.confirm_disposal(one.stored.bucket, one.stored.key, one.version_id, one.at)

    def _note(self, told: Iterable[Removed]) -> None:
        for one in told:
            self.ledger.note_told(one.stored.bucket, one.stored.key, one.version_id, one.at)
