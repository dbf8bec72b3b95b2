"""A JSON document and the signature that it bears as its last member.

What is signed is the document without that member, as UTF-8, indented by two spaces and in the order of its members:
what ``jq -j 'del(.signature)'`` prints of it. The public half of the key lies beside the signature, so that nothing
else has to be at hand; whether it is the council's is for the reader to compare.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

ALGORITHM: Final = "ECDSA_SHA_256"
"""AWS KMS's name for ECDSA on the curve P-256 over a SHA-256 digest (developer guide, "Key spec reference")."""

SIGNATURE: Final = "signature"
"""The member that bears it."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A signature in DER (RFC 3279, section 2.2.3) and the public key in DER (RFC 5280, "SubjectPublicKeyInfo")."""

    value: bytes
    public_key: bytes


class Signer(Protocol):
    """The key whose private half nobody has."""

    def sign(self, body: bytes) -> Signature:
        """Sign the SHA-256 digest of that body. Raises ``steward.failures.AwsError``."""


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: the document without its signature. The same facts give the same bytes."""
    unsigned = {name: value for name, value in document.items() if name != SIGNATURE}
    return json.dumps(unsigned, indent=2, ensure_ascii=False).encode()


def signed(document: Mapping[str, Any], signer: Signer) -> bytes:
    """Return the document with its signature, in the same form. Raises ``steward.failures.AwsError``."""
    signature = signer.sign(canonical(document))
    bearing = {
        "algorithm": ALGORITHM,
        "public_key": base64.b64encode(signature.public_key).decode(),
        "value": base64.b64encode(signature.value).decode(),
    }
    return json.dumps({**document, SIGNATURE: bearing}, indent=2, ensure_ascii=False).encode()


def fingerprint(public_key: bytes) -> str:
    """Return by what people compare a public key in DER: its SHA-256 digest, in hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()
