"""The hash of a number, for the functions that are given one."""

from __future__ import annotations

from steward.aws.clients import IN_CALL, client
from steward.messaging.adapters.kms import KmsNumberHasher


def hasher(number_key_id: str) -> KmsNumberHasher:
    """Return what turns a number into its keyed hash."""
    return KmsNumberHasher(client("kms", IN_CALL), number_key_id)
