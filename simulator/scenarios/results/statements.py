"""Reads the statements that lie in the deployed evidence store, by their signed envelopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from simulator.scenarios.results.shapes import StatementState
from steward.names import EVIDENCE_STORE

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

_ENVELOPE: Final = "/envelope.json"


class _Document(msgspec.Struct, frozen=True):
    name: str
    sha256: str


class _Envelope(msgspec.Struct, frozen=True):
    period: str
    propositions: dict[str, bool | str]
    exceptions: dict[str, Any]
    statement: _Document


def statements_of(world: EmbeddedAws) -> list[StatementState]:
    """Return every statement, in the order of their folders: the months first, then those that somebody asked for."""
    bucket = world.names.buckets.get(EVIDENCE_STORE)
    if bucket is None:
        return []
    storage = world.client("s3")
    found = []
    for key in dict.fromkeys(version.key for version in world.s3.stores_state(bucket)):
        if key.startswith("statements/") and key.endswith(_ENVELOPE):
            body = storage.get_object(Bucket=bucket, Key=key)["Body"].read()
            envelope = msgspec.json.decode(body, type=_Envelope)
            found.append(
                StatementState(
                    period=envelope.period,
                    propositions=envelope.propositions,
                    exceptions=int(envelope.exceptions["count"]),
                    key=f"{key.removesuffix(_ENVELOPE)}/{envelope.statement.name}",
                    sha256=envelope.statement.sha256,
                )
            )
    return found
