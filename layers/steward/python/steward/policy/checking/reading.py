"""Reading a TOML file that a person wrote: its values, or the line at which it cannot be read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from steward import limits
from steward.policy.checking.findings import Finding, error
from steward.policy.checking.shape import Raw

_KEY = re.compile(r"\('[^()]*',?\)")
"""A dotted key as tomllib writes it in its messages: a tuple."""


class PolicyError(Exception):
    """A policy file, or the notice that it answers to, that must not be deployed."""

    def __init__(self, path: Path, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(f"{path}: {finding}" for finding in findings))
        self.path = path
        self.findings = tuple(findings)


class UnreadablePolicyError(PolicyError):
    """A file that is missing or is no TOML; its one finding has the line, or nothing, as its path."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        super().__init__(path, [error(f"line {line}" if line else "", reason)])

    def __str__(self) -> str:
        """Return one line that names the file and, where there is one, the line."""
        (finding,) = self.findings
        return f"{self.path}, {finding.path}: {finding.message}" if finding.path else f"{self.path}: {finding.message}"


def read_toml(path: Path) -> Raw:
    """Return what a TOML file says; raise UnreadablePolicyError when it is missing, unreadable or no TOML.

    A file beyond ``limits.SETTINGS`` is none that a person wrote.
    """
    try:
        content = limits.read(path, limits.SETTINGS)
        found = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
        limits.check_depth(found, limits.SETTINGS)
    except RecursionError:
        raise UnreadablePolicyError(path, f"is nested deeper than {limits.SETTINGS.levels} tables and lists") from None
    except limits.OverLimit as problem:
        raise UnreadablePolicyError(path, str(problem)) from None
    except OSError as problem:
        raise UnreadablePolicyError(path, (problem.strerror or "unreadable").lower()) from None
    except UnicodeDecodeError as problem:
        raise UnreadablePolicyError(path, "is not UTF-8 text", _lines(problem.object[: problem.start])) from None
    except tomllib.TOMLDecodeError as problem:
        raise _toml_fault(str(problem), path) from None
    except ValueError:
        raise UnreadablePolicyError(path, "is no TOML: has a number of too many digits") from None
    return found


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
