"""Keyed hashes of numbers by AWS KMS.

The HMAC key never leaves KMS, so no copy of a table and no setting of a function is enough to try out every number of
a country; each try is a call that CloudTrail records. A secret read once would save one call, and give that up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from steward.aws.errors import translated
from steward.ids import NumberHash

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient


@dataclass(frozen=True, slots=True)
class KmsNumberHasher:
    """HMAC-SHA-256 under a key of type ``HMAC_256``."""

    client: KMSClient
    key_id: str

    def hash(self, e164: str) -> NumberHash:
        """Return the number's hash; one call. Raises AwsError."""
        with translated("kms.GenerateMac"):
            answer = self.client.generate_mac(KeyId=self.key_id, Message=e164.encode(), MacAlgorithm="HMAC_SHA_256")
        return NumberHash(answer["Mac"].hex())
