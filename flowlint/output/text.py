"""One line for a person, and the line that sums up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flowlint.findings import Finding, Severity


def line(finding: Finding) -> str:
    """Return a finding in one line: place, severity, rule, action, reason."""
    where = f"{finding.file}:{finding.line}:{finding.column}"
    what = _action(finding)
    return f"{where}: {finding.severity}: {what}{finding.reason} [{finding.code} {finding.rule}]"


def summary(findings: Sequence[Finding], flows: int, refused: int = 0, passed_over: int = 0) -> str:
    """Return how many flows were checked and what was found in all."""
    counted = Counter(finding.severity for finding in findings)
    told = [_count(counted[severity], severity.value) for severity in Severity if counted[severity]]
    checked = f"{_count(flows, 'flow')} checked: {', '.join(told) or 'nothing found'}"
    if passed_over:
        checked += f"; {_count(passed_over, 'other file')} passed over"
    return f"{checked}; {_count(refused, 'file')} could not be read" if refused else checked


def _action(finding: Finding) -> str:
    if not finding.action:
        return ""
    words = f' "{finding.words}"' if finding.words else ""
    return f"{finding.action} ({finding.type}{words}): "


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
