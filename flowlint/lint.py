"""All rules over one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flowlint.document import Flow, OldFormatError, read_flow
from flowlint.findings import Finding, Severity
from flowlint.safety import check_safety
from flowlint.structure import check_structure

if TYPE_CHECKING:
    from pathlib import Path


def lint_file(path: Path) -> list[Finding]:
    """Return the findings of one exported flow, errors first. Raises UnreadableFlowError if it is not one."""
    try:
        findings = lint_flow(read_flow(path))
    except OldFormatError:
        reason = (
            "this is the contact-flow designer's older export format (modules with branches), not flow language "
            "2019-10-30: import it into the present designer and export it again"
        )
        findings = [Finding(rule="old-format", reason=reason)]
    return [msgspec.structs.replace(finding, file=str(path)) for finding in findings]


def lint_flow(flow: Flow) -> list[Finding]:
    """Return the findings of one flow, errors first, then in the order of the file's actions."""
    order = {identifier: place for place, identifier in enumerate(flow.actions)}
    findings = [*check_structure(flow), *check_safety(flow)]
    return sorted(findings, key=lambda each: (each.severity is not Severity.ERROR, order.get(each.action, -1)))
