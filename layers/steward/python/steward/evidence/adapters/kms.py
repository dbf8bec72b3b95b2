"""Signatures by AWS KMS: the private half of the key never leaves it, and CloudTrail records each use."""

from __future__ import annotations

import hashlib

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.evidence.signatures import ALGORITHM, Signature


class KmsSigner:
    """ECDSA under a key of type ``ECC_NIST_P256``."""

    def __init__(self, key_id: str) -> None:
        """``key_id`` is the key's ARN."""
        self._key_id = key_id
        self._public_key = b""

    def sign(self, body: bytes) -> Signature:
        """Return the signature of that body; one call, and one more for the public key in the signer's life.

        The digest is sent and not the body: KMS takes at most 4,096 bytes (API reference, "Sign"). The public half
        stays what it is as long as the key: asymmetric keys are not rotated. Raises AwsError.
        """
        kms = client("kms")
        if not self._public_key:
            with translated("kms.GetPublicKey"):
                self._public_key = kms.get_public_key(KeyId=self._key_id)["PublicKey"]
        with translated("kms.Sign"):
            answer = kms.sign(
                KeyId=self._key_id,
                Message=hashlib.sha256(body).digest(),
                MessageType="DIGEST",
                SigningAlgorithm=ALGORITHM,
            )
        return Signature(value=answer["Signature"], public_key=self._public_key)
