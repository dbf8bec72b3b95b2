"""What one synthesis wrote: the templates that its manifest names, whatever else lies in the folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STACK = "aws:cloudformation:stack"
"""How a cloud assembly's manifest calls a stack ("artifact type")."""


def templates(assembly: Path) -> list[Path]:
    """Return the templates of the stacks in the assembly's own manifest, in the order of their names.

    A folder may hold the templates of an environment that was synthesized there before: they are nobody's any more, and
    the CDK command line does not deploy them either. Raises :class:`OSError` if the folder has no manifest.
    """
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    return sorted(
        assembly / artifact["properties"]["templateFile"]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == STACK
    )
