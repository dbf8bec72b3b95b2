"""The command ``steward lint-flow``: the flow lint, which knows nothing of steward."""

from __future__ import annotations

from flowlint.command import check, command

__all__ = ["check", "lint_flow_command"]

lint_flow_command = command
