"""Shims for moto's asymmetric keys.

moto signs the text of the request, in base64, and takes no notice of ``MessageType``. AWS signs the message, or with
``DIGEST`` takes it for the digest, whose length then has to be the algorithm's (KMS API reference, "Sign").
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms import models
from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey

if TYPE_CHECKING:
    from moto.kms.utils import AbstractPrivateKey

_DIGEST_BYTES: Final = 32


def signing_as_documented() -> Callable[[], None]:
    """Let keys on the curve P-256 sign as AWS documents, and return what undoes it."""
    patches = ExitStack()
    patches.enter_context(patch.object(models, "generate_private_key", _key_pair))
    patches.enter_context(patch.object(KmsResponse, "sign", _sign))
    return patches.close


class _CurveKey(ECDSAPrivateKey):
    """The same key and the same signatures in every world, so that a scenario's results are repeatable."""

    def __init__(self) -> None:
        super().__init__("ECC_NIST_P256")
        secret = int.from_bytes(hashlib.sha256(b"the signing key of an embedded AWS").digest())
        self.private_key = ec.derive_private_key(secret, ec.SECP256R1())

    def sign_digest(self, digest: bytes) -> bytes:
        algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)
        return self.private_key.sign(digest, algorithm)


def _key_pair(key_spec: str) -> AbstractPrivateKey | None:
    """Return none for other keys: moto makes an RSA pair for each, which nothing uses and which takes its time."""
    return _CurveKey() if key_spec == "ECC_NIST_P256" else None


def _sign(response: KmsResponse) -> str:
    asked = json.loads(response.body)
    message = base64.b64decode(asked["Message"])
    key = response.kms_backend.describe_key(asked["KeyId"])
    if not isinstance(key.private_key, _CurveKey) or asked["SigningAlgorithm"] not in key.signing_algorithms:
        raise ValidationException(f"Algorithm {asked['SigningAlgorithm']} and key spec {key.key_spec} do not agree")
    if asked.get("MessageType", "RAW") == "RAW":
        message = hashlib.sha256(message).digest()
    elif len(message) != _DIGEST_BYTES:
        raise ValidationException("Digest is invalid length for algorithm ECDSA_SHA_256.")
    signature = base64.b64encode(key.private_key.sign_digest(message)).decode()
    return json.dumps({"KeyId": key.arn, "Signature": signature, "SigningAlgorithm": asked["SigningAlgorithm"]})
