"""What a council says about its own flows: ``flowlint.toml``."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from flowlint.findings import Finding, Severity
from flowlint.meaning.pauses import PauseFunction
from flowlint.reading.limits import LARGEST_SETTINGS

FILE_NAME = "flowlint.toml"

Words = Annotated[str, Meta(min_length=1)]


class SettingsError(Exception):
    """The configuration cannot be used; the message is one line that names file and field."""


class CardSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What asks for card data beside the words that are known; names may hold ``*``."""

    words: tuple[Words, ...] = ()
    actions: tuple[Words, ...] = ()
    not_actions: tuple[Words, ...] = ()


class PauseSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A function that pauses the recording; the fields are those of ``PauseFunction``."""

    functions: Annotated[tuple[Words, ...], Meta(min_length=1)]
    attribute: str = ""
    values: tuple[Words, ...] = ()
    resumes: tuple[Words, ...] = ()
    answer: Words = "status"
    confirmed: Annotated[tuple[Words, ...], Meta(min_length=1)] = ("paused",)


class NoticeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Words by which a notice of recording is known, beside the usual ones."""

    words: tuple[Words, ...] = ()


class Suppression(Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that somebody has decided to live with; ``flow`` and ``action`` may hold ``*``."""

    rule: Words
    reason: Annotated[str, Meta(min_length=10)]
    flow: str = "*"
    action: str = "*"

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding is the one that is meant."""
        flows = (finding.flow, finding.file, Path(finding.file).name, Path(finding.file).stem)
        return (
            self.rule in (finding.rule, finding.code)
            and any(fnmatchcase(name, self.flow) for name in flows)
            and fnmatchcase(finding.action, self.action)
        )


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``flowlint.toml``; a rule is named by its code, its name or the beginning of its code."""

    select: tuple[Words, ...] = ()
    ignore: tuple[Words, ...] = ()
    strict: bool = False
    severity: dict[str, Severity] = {}
    card: CardSettings = CardSettings()
    notice: NoticeSettings = NoticeSettings()
    pause: tuple[PauseSettings, ...] = ()
    suppress: tuple[Suppression, ...] = ()

    def pause_functions(self) -> tuple[PauseFunction, ...]:
        """Return the council's own ways to pause."""
        return tuple(PauseFunction(**msgspec.structs.asdict(each)) for each in self.pause)


def find_settings(folder: Path) -> Path | None:
    """Return the configuration of a folder or of the nearest one above it, if there is one."""
    folder = folder.resolve()
    return next((each / FILE_NAME for each in (folder, *folder.parents) if (each / FILE_NAME).is_file()), None)


def read_settings(path: Path, known: frozenset[str]) -> Settings:
    """Read a configuration. Raises SettingsError if it cannot be used or names a rule that is not among ``known``."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_SETTINGS + 1)
        if len(content) > LARGEST_SETTINGS:
            raise SettingsError(f"{path}: is larger than {LARGEST_SETTINGS:,} bytes")
        settings = msgspec.convert(tomllib.loads(content.decode("utf-8").replace("\r\n", "\n")), Settings)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except msgspec.ValidationError as error:
        problem, _, place = str(error).replace("`", "").partition(" - at $")
        raise SettingsError(f"{path}: {place.removeprefix('.') or 'the file'}: {problem}") from error
    except RecursionError:
        raise SettingsError(f"{path}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    for rule in (*settings.select, *settings.ignore, *settings.severity, *(each.rule for each in settings.suppress)):
        if not any(matches(rule, each) for each in known):
            raise SettingsError(f"{path}: {rule!r} is no rule")
    return settings


def matches(given: str, rule: str) -> bool:
    """Say whether what somebody wrote names a rule, given as code or name."""
    return given == rule or (len(given) < len(rule) and rule[0].isupper() and rule.startswith(given))
