"""The hash of a number, for the functions that are given one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from steward.aws.clients import IN_CALL, client
from steward.messaging.adapters.kms import KmsNumberHasher
from steward.settings import required

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient


def hasher() -> KmsNumberHasher:
    """Return what turns a number into its keyed hash."""
    return KmsNumberHasher(cast("KMSClient", client("kms", IN_CALL)), required("NUMBER_KEY_ID"))
