"""What moto's S3 lacks: lifecycle, EventBridge events, a journal of deletions, S3's rules of locks and copies.

``S3Store`` is the way in; everything else is attached to moto's backend behind it.
"""

from __future__ import annotations

from simulator.aws.s3.store import Deletion, S3Store, StoredVersion

__all__ = ["Deletion", "S3Store", "StoredVersion"]
