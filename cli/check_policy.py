"""``steward check-policy FILE``: says everything that is wrong with a policy file."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.toml_lines import line_of, lines_of
from steward.policy.load import PolicyError, Severity, UnreadablePolicyError, check


def check_policy(path: Path) -> int:
    """Print one line per finding and a summary; return 0, 1 when there is an error, 2 when the file cannot be read."""
    try:
        findings = check(path)
    except UnreadablePolicyError as problem:
        print(f"steward: {problem}", file=sys.stderr)
        return 2
    except PolicyError as problem:
        # The policy can't be held against a notice that is wrong itself.
        path, findings = problem.path, list(problem.findings)
    places = lines_of(path.read_text(encoding="utf-8-sig")) if findings else {}
    for finding in findings:
        line = line_of(places, finding.path)
        print(f"{path}, line {line}: {finding}" if line else f"{path}: {finding}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    remarks = len(findings) - errors
    print(f"{path}: {_number(errors, 'error')}, {_number(remarks, 'remark')}")
    return 1 if errors else 0


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
