"""The policy as it is deployed: JSON that a function decodes within microseconds, without TOML and without checks.

``steward.policy.load`` has checked it before it was compiled.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from steward.policy.model import Policy
from steward.settings import required

_decoder = msgspec.json.Decoder(Policy)


def compile_policy(policy: Policy) -> bytes:
    """Return the policy as JSON; equal policies give equal bytes."""
    return msgspec.json.encode(policy, order="deterministic")


def load(path: str | Path | None = None) -> Policy:
    """Read a compiled policy: that file, or the one that ``POLICY_FILE`` names.

    Raises OSError when it cannot be read, msgspec.ValidationError when it is not a compiled policy and
    steward.settings.MissingSetting when neither names a file.
    """
    return _decoder.decode(Path(path or required("POLICY_FILE")).read_bytes())
