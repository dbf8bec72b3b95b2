"""The policy as it is deployed: JSON that a function decodes within microseconds, without TOML and without checks.

``steward.policy.load`` has checked it before it was compiled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from steward.policy.model import Policy

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


def load(path: str | Path) -> Policy:
    """Read a compiled policy.

    Raises OSError when the file cannot be read and msgspec.ValidationError when it is not a compiled policy.
    """
    return _decoder.decode(Path(path).read_bytes())
