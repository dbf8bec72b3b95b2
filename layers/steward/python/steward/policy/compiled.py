"""The policy as it is deployed: JSON that a function decodes within microseconds, without TOML and without checks.

``steward.policy.load`` has checked it before it was compiled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from steward.policy.model import Policy
from steward.settings import required

_BY_LANGUAGE: Final = frozenset({"notice", "text"})
"""Tables of texts by language."""

_decoder = msgspec.json.Decoder(Policy)


def compile_policy(policy: Policy) -> bytes:
    """Return the policy as JSON, in the same bytes whatever the order of its sections.

    Only the languages of a text keep the order of the file: the notice's first is the council's default.
    """
    return msgspec.json.encode(_ordered(msgspec.to_builtins(policy)))


def _ordered(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        names = value if name in _BY_LANGUAGE else sorted(value)
        return {each: _ordered(value[each], each) for each in names}
    return [_ordered(each) for each in value] if isinstance(value, list | tuple) else value


def load(path: str | Path | None = None) -> Policy:
    """Read a compiled policy: that file, or the one that ``POLICY_FILE`` names.

    Raises OSError when it cannot be read, msgspec.ValidationError when it is not a compiled policy and
    steward.settings.MissingSetting when neither names a file.
    """
    return _decoder.decode(Path(path or required("POLICY_FILE")).read_bytes())
