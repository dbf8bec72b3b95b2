"""The environment of a function, read once at cold start and checked."""

from __future__ import annotations

import os


class MissingSetting(Exception):
    """An environment variable that the template should have set is absent or empty."""


def required(name: str) -> str:
    """Return that environment variable; raise ``MissingSetting`` naming it if it is absent or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value
