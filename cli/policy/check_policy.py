"""``steward check-policy FILE``: says everything that is wrong with a policy file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from infra.checks.places import located, placed
from infra.ending import complain
from steward.policy.load import PolicyError, Severity, UnreadablePolicyError, check

Output = Literal["text", "json"]


def check_policy(path: Path, output: Output = "text") -> int:
    """Print one line per finding and a summary, or all of it as JSON.

    Returns 0, 1 when there is an error, 2 when the file cannot be read.
    """
    try:
        findings = check(path)
    except UnreadablePolicyError as problem:
        complain(problem)
        return 2
    except PolicyError as problem:
        # The policy can't be held against a notice that is wrong itself.
        path, findings = problem.path, list(problem.findings)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if output == "json":
        rows = [{"file": str(path), "line": line, **asdict(one)} for line, one in placed(path, findings)]
        print(json.dumps(rows, indent=2))
        return 1 if errors else 0
    for line in located(path, findings):
        print(line)
    remarks = len(findings) - errors
    print(f"{path}: {_number(errors, 'error')}, {_number(remarks, 'remark')}")
    return 1 if errors else 0


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
