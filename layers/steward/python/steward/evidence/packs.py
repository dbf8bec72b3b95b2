"""Signs the list of what is in an accountability pack, with the key of the statements, and keeps what was signed.

The pack is put together elsewhere: only the digest of its manifest comes here, and nothing of what is in it. The
signature says that this environment was asked to vouch for those bytes, when, and what policy was deployed then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from steward.clock import Clock
from steward.evidence.signatures import Signer, signed
from steward.evidence.statement.ports import Shelf
from steward.failures import Contended

ENVELOPE: Final = "steward-pack-envelope/1"
"""The format, which is signed with the rest: an envelope of a pack is none of a statement, and neither the other."""

FOLDER: Final = "packs"
"""Where envelopes lie in the evidence store."""

REQUEST: Final = "sign_pack"
"""The one member of a request: the SHA-256 digest of the pack's manifest."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class BadPackRequest(Exception):
    """The request is not of the one form that there is; the text says which that is and quotes nothing."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An envelope as it lies in the evidence store; ``new`` says whether this run stored it."""

    key: str
    envelope: bytes
    new: bool


def manifest_of(request: Mapping[object, object]) -> str:
    """Return the digest that a request asks a signature for. Raises ``BadPackRequest``."""
    digest = request.get(REQUEST)
    if set(request) != {REQUEST} or not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise BadPackRequest(
            f"{REQUEST} has to be the SHA-256 digest of a manifest, in 64 lower-case digits, and alone"
        )
    return digest


@dataclass(frozen=True, kw_only=True)
class Packs:
    """Signs packs. May be repeated, and may die after any call: one manifest has one envelope."""

    clock: Clock
    council: str
    environment: str
    policy_version: str
    """Of the policy that is deployed, which a pack may not be of."""
    signer: Signer
    shelf: Shelf

    def sign(self, manifest_sha256: str) -> Sealed:
        """Return the envelope of the pack with that manifest, making it unless there is one.

        Raises ``steward.failures.AwsError`` where it could not be signed or stored, or ``Contended`` of these where
        another run's cannot be read: then there is none.
        """
        key = f"{FOLDER}/{manifest_sha256}/envelope.json"
        there = self.shelf.read(key)
        if there is not None:
            return Sealed(key=key, envelope=there.body, new=False)
        envelope = {
            "format": ENVELOPE,
            "council": self.council,
            "environment": self.environment,
            "made_at": self.clock.now().isoformat(),
            "policy_version": self.policy_version,
            "manifest": {"name": "manifest.json", "sha256": manifest_sha256},
        }
        sealed = signed(envelope, self.signer)
        if self.shelf.seal(key, sealed):
            return Sealed(key=key, envelope=sealed, new=True)
        # Another run was quicker: what it stored is the envelope.
        quicker = self.shelf.read(key)
        if quicker is None:
            raise Contended("s3.PutObject", "PreconditionFailed")
        return Sealed(key=key, envelope=quicker.body, new=False)
