"""Reading a policy file: TOML in, a checked ``Policy`` or every reason why not.

For synthesis and the command line. Functions read what was deployed: ``steward.policy.compiled``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from steward.policy.checking.coverage import coverage_findings
from steward.policy.checking.findings import Finding, Severity, error
from steward.policy.checking.meaning import meaning_findings
from steward.policy.checking.shape import Raw, shape_findings
from steward.policy.model import Policy

__all__ = ["Finding", "PolicyError", "Severity", "UnreadablePolicyError", "check", "load_policy"]

_KEY = re.compile(r"\('[^()]*',?\)")
"""A dotted key as tomllib writes it in its messages: a tuple."""


class PolicyError(Exception):
    """A policy file that must not be deployed."""

    def __init__(self, path: Path, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(f"{path}: {finding}" for finding in findings))
        self.path = path
        self.findings = tuple(findings)


class UnreadablePolicyError(PolicyError):
    """A policy file that is missing or is no TOML; its one finding has the line, or nothing, as its path."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        super().__init__(path, [error(f"line {line}" if line else "", reason)])

    def __str__(self) -> str:
        """Return one line that names the file and, where there is one, the line."""
        (finding,) = self.findings
        return f"{self.path}, {finding.path}: {finding.message}" if finding.path else f"{self.path}: {finding.message}"


def check(path: Path) -> list[Finding]:
    """Return everything there is to say about a policy file, errors first.

    Raises UnreadablePolicyError when the file is missing, unreadable or no TOML.
    """
    raw = _read(path)
    findings = [*shape_findings(raw), *meaning_findings(raw), *coverage_findings(raw)]
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity is Severity.REMARK)


def load_policy(path: Path) -> Policy:
    """Return the policy of a file.

    Raises PolicyError with every error in it, and its UnreadablePolicyError when it cannot be read at all.
    """
    errors = [finding for finding in check(path) if finding.severity is Severity.ERROR]
    if errors:
        raise PolicyError(path, errors)
    return msgspec.convert(_read(path), Policy)


def _read(path: Path) -> Raw:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise UnreadablePolicyError(path, (problem.strerror or "unreadable").lower()) from None
    except UnicodeDecodeError as problem:
        raise UnreadablePolicyError(path, "is not UTF-8 text", _lines(problem.object[: problem.start])) from None
    except tomllib.TOMLDecodeError as problem:
        raise _toml_fault(str(problem), path) from None


def _toml_fault(message: str, path: Path) -> UnreadablePolicyError:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        reason = message.removesuffix(" (at end of document)")
        return UnreadablePolicyError(path, f"is no TOML: {reason}", _lines(path.read_bytes()))
    what = _KEY.sub(lambda key: ".".join(re.findall(r"'([^']*)'", key[0])), message[: place.start()])
    reason = f"is no TOML: {what} (column {place[2]})"
    return UnreadablePolicyError(path, reason, int(place[1]))


def _lines(text: bytes) -> int:
    return text.count(b"\n") + 1
