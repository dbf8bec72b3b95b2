"""A key that signs on a desk, as KMS's would: P-256, ECDSA over a SHA-256 digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from steward.evidence.signatures import Signature

_FORMAT = serialization.PublicFormat.SubjectPublicKeyInfo


@dataclass(frozen=True)
class DeskSigner:
    """Signs with a key of its own."""

    curve: ec.EllipticCurve = field(default_factory=ec.SECP256R1)
    key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", ec.generate_private_key(self.curve))

    def sign(self, body: bytes) -> Signature:
        value = self.key.sign(hashlib.sha256(body).digest(), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        return Signature(value=value, public_key=self.public(serialization.Encoding.DER))

    def public(self, encoding: serialization.Encoding) -> bytes:
        return self.key.public_key().public_bytes(encoding, _FORMAT)
