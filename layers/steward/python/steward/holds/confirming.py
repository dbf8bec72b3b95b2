"""Confirmations of removals, as S3 itself gives them: entered in the ledger, and told where nothing announced them.

Every removal of steward's own stands in the ledger before its first delete. One that does not is break-glass's, or
somebody's who could do it all the same; or the confirmation is forged, which shows where the version is there still.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.holds.removing.locations import StoredObject


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A version of which S3 says that it is gone for good."""

    stored: StoredObject
    version_id: str
    at: datetime


class Ledger(Protocol):
    """The disposal ledger. Raises ``steward.failures``."""

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> bool:
        """Note the confirmation; return whether it is unannounced and nobody was told of it yet."""

    def note_told(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        """Note that somebody was told."""


class Buckets(Protocol):
    """What is there now. Raises ``steward.failures``."""

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        """Return the ids of every version and delete marker of exactly that key."""


class Notices(Protocol):
    """The data protection officer."""

    def unannounced(self, gone: Sequence[Removed], there: Sequence[Removed]) -> None:
        """Tell of versions that went without an entry, and of such that are there although they are said to be gone."""


@dataclass(frozen=True)
class Confirming:
    """Takes confirmations. May be repeated, and may die after any call."""

    ledger: Ledger
    buckets: Buckets
    notices: Notices

    def confirm(self, removals: Iterable[Removed]) -> int:
        """Enter them; tell once, for all of them, of those that nothing announced, and return how many these are."""
        odd = [one for one in removals if self._entered(one)]
        if odd:
            there = [one for one in odd if one.version_id in self.buckets.of(one.stored)]
            self.notices.unannounced([one for one in odd if one not in there], there)
            for one in odd:
                self.ledger.note_told(one.stored.bucket, one.stored.key, one.version_id, one.at)
        return len(odd)

    def _entered(self, one: Removed) -> bool:
        return self.ledger.confirm_disposal(one.stored.bucket, one.stored.key, one.version_id, one.at)
