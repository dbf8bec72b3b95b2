"""What is wrong with a policy file or a notice, each finding with the line on which it stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from infra.checks.toml_lines import line_of, lines_of
from steward.policy.load import PolicyError, UnreadablePolicyError

if TYPE_CHECKING:
    from steward.policy.checking.findings import Finding


def placed(path: Path, findings: Sequence[Finding]) -> Iterator[tuple[int | None, Finding]]:
    """Yield each finding with its line, where that is known."""
    places = lines_of(path.read_text(encoding="utf-8-sig")) if findings else {}
    for finding in findings:
        yield line_of(places, finding.path), finding


def located(path: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield each finding with the file and its line, in the file's order; those without a known line come last."""
    for line, finding in sorted(placed(path, findings), key=lambda one: one[0] or sys.maxsize):
        yield f"{path}, line {line}: {finding}" if line else f"{path}: {finding}"


def explained(problem: PolicyError) -> str:
    """Return why a policy must not be deployed, a line for each reason."""
    if isinstance(problem, UnreadablePolicyError):
        return str(problem)
    return "\n".join(located(problem.path, problem.findings))
