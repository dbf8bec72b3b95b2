"""The key that signs flags, in AWS KMS; and what strangers flagged in an hour, in the register's table.

The HMAC key leaves KMS never, and whoever verifies with it cannot sign. A secret that both functions read would save
a dollar a month, and would let whoever reads the settings of the one that verifies sign flags without a trace.

| pk | sk | row |
| --- | --- | --- |
| ``HOUR#<source>`` | the hour | ``counted``: digests of so many contacts as are taken; kept for two days |
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from steward.aws import rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import InvalidRequest, PreconditionFailed
from steward.names import EXPIRES_AT, PARTITION_KEY, SORT_KEY

_BYTES: Final = 32
"""Of an HMAC by SHA-256."""

_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True)
class KmsSeal:
    """A key of type ``HMAC_256``."""

    key_arn: str

    def make(self, message: bytes) -> str:
        """Return the message's signature, as base64; one call."""
        kms: Any = client("kms")
        with translated("kms.GenerateMac"):
            answer = kms.generate_mac(KeyId=self.key_arn, Message=message, MacAlgorithm="HMAC_SHA_256")
        return base64.b64encode(answer["Mac"]).decode()

    def fits(self, message: bytes, signature: str) -> bool:
        """Tell whether it is the message's signature; what is no signature at all costs no call.

        AWS KMS API reference, "VerifyMac": where it is not, ``KMSInvalidMacException``.
        """
        try:
            mac = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        if len(mac) != _BYTES:
            return False
        kms: Any = client("kms")
        try:
            with translated("kms.VerifyMac"):
                kms.verify_mac(KeyId=self.key_arn, Message=message, MacAlgorithm="HMAC_SHA_256", Mac=mac)
        except InvalidRequest as problem:
            if problem.code == "KMSInvalidMacException":
                return False
            raise
        return True


@dataclass(frozen=True)
class DynamoHours:
    """The register's table."""

    table: str

    def takes(self, source: str, hour: datetime, one: str, limit: int) -> bool:
        """Count it, unless it is counted already; return whether it is one of so many of that source and hour."""
        dynamodb: Any = client("dynamodb")
        try:
            with translated("dynamodb.UpdateItem"):
                dynamodb.update_item(
                    TableName=self.table,
                    Key=rows.values({PARTITION_KEY: f"HOUR#{source}", SORT_KEY: f"{hour:%Y-%m-%dT%H}"}),
                    UpdateExpression=f"ADD counted :one SET {EXPIRES_AT} = :then",
                    ConditionExpression=(
                        "attribute_not_exists(counted) OR contains(counted, :text) OR size(counted) < :limit"
                    ),
                    ExpressionAttributeValues={
                        ":one": {"SS": [one]},
                        **rows.values({":text": one, ":limit": limit, ":then": int((hour + _KEPT).timestamp())}),
                    },
                )
        except PreconditionFailed:
            return False
        return True
