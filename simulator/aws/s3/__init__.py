"""What moto's S3 lacks: lifecycle, EventBridge events, a journal of deletions, S3's rules of locks and copies.

``S3World`` is the way in; everything else is attached to moto's backend behind it.
"""

from __future__ import annotations

from simulator.aws.s3.world import Deletion, S3World, StoredVersion

__all__ = ["Deletion", "S3World", "StoredVersion"]
