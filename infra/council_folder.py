"""Where a council's own files are: in the folder that ``STEWARD_CONFIG`` names, or else in this repository.

A council's folder has ``environments.toml``, its policy and its notice (``steward init`` writes them). Whatever is made
from them is written there too, so that the checkout stays as it was and can be used at a tag.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from infra.checks.toml_lines import line_of, lines_of
from infra.refusal import RefusalError
from steward.policy.checking.reading import UnreadablePolicyError, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "STEWARD_CONFIG"
ENVIRONMENTS = "environments.toml"
CONTEXT_KEY = "steward:environments"
"""Where this repository's own environments stand: in the context of its ``cdk.json``."""


@dataclass(frozen=True)
class CouncilFolder:
    """The folder from which paths in an environment's entry count, and into which everything made is written."""

    path: Path

    @property
    def is_own(self) -> bool:
        """Whether it is a council's own, outside this repository."""
        return self.path != ROOT

    @property
    def file(self) -> str:
        """How a message names the file with the environments."""
        return str(self.path / ENVIRONMENTS) if self.is_own else "cdk.json"

    def located(self, environment: str, problem: str) -> str:
        """Return what is wrong with an environment's entry with its place: the file, the line of the key, the entry.

        ``problem`` begins with the key that it is about, if it is about one.
        """
        if not self.is_own:
            return f"{self.file}: {CONTEXT_KEY}.{environment}: {problem}"
        path = ".".join(filter(None, (environment, _key_of(problem))))
        line = line_of(lines_of((self.path / ENVIRONMENTS).read_text(encoding="utf-8-sig")), path)
        where = f"{self.file}, line {line}" if line else self.file
        return f"{where}: {environment}: {problem}"

    def built(self, *parts: str | Path) -> Path:
        """Return a path below the folder for what is made and can be made again."""
        return self.path.joinpath("build", *parts)

    def environments(self) -> Mapping[str, Any]:
        """Return the entries of a council's own file; raise :class:`RefusalError` if it cannot be read.

        A date is text, as it is where the entries are JSON: they become the context of the synthesis.
        """
        try:
            entries = read_toml(self.path / ENVIRONMENTS)
        except UnreadablePolicyError as problem:
            raise RefusalError(str(problem)) from problem
        found: Mapping[str, Any] = msgspec.to_builtins(entries)
        return found


_KEY = re.compile(r"(?:([\w.-]+)(?:\[[^\]]*\])?(?:\.\w+)?: )?(?:`([^`]+)` is no key)?")


def _key_of(problem: str) -> str:
    """Return the key that a problem is about, with full stops between its parts; empty if it is about the whole."""
    found = _KEY.match(problem)
    return ".".join(filter(None, found.groups())) if found else ""


def council_folder() -> CouncilFolder:
    """Return the folder in use; raise :class:`RefusalError` if the one that is named is none."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        return CouncilFolder(ROOT)
    path = Path(named).expanduser().resolve()
    if not path.is_dir():
        raise RefusalError(f"{VARIABLE}: there is no folder {path}; `steward init` writes one")
    return CouncilFolder(path)


def fixed_variable() -> None:
    """Make the name absolute for whatever is started from here in another folder.

    Raises :class:`RefusalError` if there is no such folder.
    """
    folder = council_folder()
    if folder.is_own:
        os.environ[VARIABLE] = str(folder.path)
