"""Whether a signed document says what was signed, and with which key: offline, with what the document bears."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from steward import limits
from steward.evidence.signatures import ALGORITHM, SIGNATURE, canonical, fingerprint


class NotSigned(Exception):
    """The document bears no signature."""


class BadSignature(Exception):
    """The signature is none, or not of this document; the message says which, and is the document's own nowhere."""


class NoKey(Exception):
    """A file holds no public key of the kind that signs; the message names the file."""


class _Borne(msgspec.Struct, frozen=True):
    algorithm: str
    public_key: str
    value: str


def signed_with(document: Mapping[str, Any]) -> str:
    """Return the fingerprint of the key with which the document is signed.

    Raises ``NotSigned`` if it bears no signature, and ``BadSignature`` if it bears one that does not fit. Whose the key
    is, which came with the document, is for the reader to compare.
    """
    if SIGNATURE not in document:
        raise NotSigned
    try:
        borne = msgspec.convert(document[SIGNATURE], _Borne)
        key_bytes, value = (base64.b64decode(text, validate=True) for text in (borne.public_key, borne.value))
        key = serialization.load_der_public_key(key_bytes)
        body = canonical(document)
    except (ValueError, TypeError, RecursionError, UnsupportedAlgorithm, msgspec.ValidationError):
        raise BadSignature("bears a signature that can't be read") from None
    if borne.algorithm != ALGORITHM or not _signs(key):
        raise BadSignature(f"bears a signature of another kind than {ALGORITHM}")
    try:
        key.verify(value, hashlib.sha256(body).digest(), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        raise BadSignature("says something else than was signed, or was signed by somebody else") from None
    return fingerprint(_der(key))


def fingerprint_of(path: Path) -> str:
    """Return the fingerprint of a public key in a PEM file; raises ``NoKey`` where there is none."""
    try:
        key = serialization.load_pem_public_key(limits.read(path, limits.PUBLIC_KEY))
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise NoKey(f"{path}: is no public key in PEM") from None
    if not _signs(key):
        raise NoKey(f"{path}: is no key for {ALGORITHM}")
    return fingerprint(_der(key))


def _signs(key: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _der(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the key in the one form in which it is compared: a point can be written in two."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
