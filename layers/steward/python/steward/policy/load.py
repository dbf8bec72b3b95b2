"""Reading a policy file: TOML in, a checked ``Policy`` or every reason why not.

For synthesis and the command line. Functions read what was deployed: ``steward.policy.compiled``.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from steward.policy.checking.coverage import coverage_findings
from steward.policy.checking.findings import Finding, Severity
from steward.policy.checking.kept import Kept, acknowledgement_findings, kept
from steward.policy.checking.meaning import meaning_findings
from steward.policy.checking.notices import notice_of
from steward.policy.checking.reading import PolicyError, UnreadablePolicyError, read_toml
from steward.policy.checking.shape import shape_findings
from steward.policy.model import Policy

__all__ = ["Finding", "PolicyError", "Severity", "UnreadablePolicyError", "check", "kept_by", "load_policy"]


def check(path: Path) -> list[Finding]:
    """Return everything there is to say about a policy file, errors first.

    Raises UnreadablePolicyError when the file, or the notice that it answers to, is missing, unreadable or no TOML, and
    another PolicyError, with the notice's path, when the notice itself is wrong.
    """
    raw = read_toml(path)
    shape = shape_findings(raw)
    policy = None if any(finding.severity is Severity.ERROR for finding in shape) else msgspec.convert(raw, Policy)
    findings = [
        *shape,
        *meaning_findings(raw),
        *acknowledgement_findings(raw, policy),
        *coverage_findings(raw, notice_of(path, raw)),
    ]
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity is Severity.REMARK)


def load_policy(path: Path) -> Policy:
    """Return the policy of a file.

    Raises PolicyError with every error in it, and its UnreadablePolicyError when it cannot be read at all.
    """
    errors = [finding for finding in check(path) if finding.severity is Severity.ERROR]
    if errors:
        raise PolicyError(path, errors)
    return msgspec.convert(read_toml(path), Policy)


def kept_by(path: Path) -> Kept:
    """Return what the policy of a file keeps, as a deployment publishes it. Raises PolicyError as ``load_policy``."""
    return kept(load_policy(path), read_toml(path))
