"""The command ``steward lint-flow``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from flowlint.document import UnreadableFlowError
from flowlint.findings import Finding, Severity
from flowlint.lint import lint_file

Format = Literal["text", "json"]


def lint_flow(files: Sequence[str | Path], format: Format = "text") -> int:  # noqa: A002 (the option's name)
    """Print the findings of contact-flow files and return the exit code.

    Text is one line per finding; JSON is one list of objects with file, action, rule, severity and reason. The code is
    0 without errors, 1 if a finding is an error, 2 if a file cannot be read as a flow: then one line per such file goes
    to stderr, and the others are still checked.
    """
    findings: list[Finding] = []
    unreadable = False
    for path in map(Path, files):
        try:
            findings += lint_file(path)
        except UnreadableFlowError as error:
            unreadable = True
            print(error, file=sys.stderr)
    if format == "json":
        print(msgspec.json.format(msgspec.json.encode(findings), indent=2).decode())
    else:
        for finding in findings:
            print(_line(finding))
    if unreadable:
        return 2
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0


def _line(finding: Finding) -> str:
    where = f"{finding.file}: {finding.action}" if finding.action else finding.file
    return f"{where}: {finding.severity}: {finding.reason} [{finding.rule}]"
